public import InstProtocol
import JSONText
public import Transport
public import WebSocket

extension WebSocketConnectionClient {
  /// Sends a message; the result is the envelope's id.
  ///
  /// - Throws: ``ClientError/notConnected``, ``ClientError/noForm(_:)``, or ``ClientError/cannotSend(_:)``
  ///   where more waits than the connection's limit of pending output allows.
  public func send(_ message: ClientMessage) throws(ClientError) -> Int {
    guard let channel else { throw .notConnected }
    let id = nextFrameID()
    writer.removeAll()
    writer.beginArray()
    writer.number(1)
    writer.number(id)
    // Behind the comma that comes with it.
    let start = writer.count + 1
    do throws(DialectError) {
      try message.write(to: &writer, dialect: dialect)
    } catch { throw .noForm(error) }
    writer.endArray()
    // One huge message must not keep its room for good.
    defer { writer.removeAll(keepingCapacity: writer.count <= 1 << 20) }
    if writer.count > LargeMessages.limit, writer.withUnsafeBytes({ courier.takes($0) }) {
      try sendLarge(id, writer.withUnsafeBytes { Array($0[start..<$0.count - 1]) })
      return id
    }
    do throws(WebSocketError) {
      try writer.withUnsafeBytes { (bytes) throws(WebSocketError) in
        try channel.send(.text, bytes)
      }
    } catch { throw .cannotSend(error.description) }
    return id
  }

  private func sendLarge(_ id: Int, _ message: [UInt8]) throws(ClientError) {
    let waiting = courier.pendingBytes
    let limit = options.connect.connection.maximumPendingOutput
    guard waiting == 0 || waiting + message.count <= limit else {
      throw .cannotSend("\(waiting) bytes of large messages wait for their upload")
    }
    courier.send(id, message)
  }
}

// MARK: - What arrives

extension WebSocketConnectionClient: WebSocketChannelHandler {
  /// For the channel.
  public func channel(
    _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) {
    guard kind == .text else {
      delegate?.receivedUnreadable("a binary message of \(payload.count) bytes")
      return
    }
    do throws(MessageScanError) {
      let frame = ReceivedFrame(bytes: payload, scan: try scanner.scan(payload))
      guard frame.scan.form == .message else { return receivedOther(frame) }
      if frame.scan.type == .rateLimitExceeded { courier.rateLimited() }
      pass(frame)
    } catch {
      delegate?.receivedUnreadable(error.description)
    }
  }

  private func pass(_ frame: ReceivedFrame) {
    streams.received(frame)
    delegate?.received(frame)
  }

  /// A frame that moves a large message, or an error.
  private func receivedOther(_ frame: ReceivedFrame) {
    switch try? Envelope<ServerMessage>(parsing: frame.bytes) {
    case .uploadResponse(let id?, let place)?:
      if let id = id.int { courier.placeFound(for: id, place) }
    case .downloadRequest(_, let place?)?: courier.download(place)
    case .error(let id?, let info)?: errorArrived(frame, id: id.int, info)
    case .error?: pass(frame)
    default: delegate?.receivedUnreadable("a frame of form \(frame.scan.form.rawValue)")
    }
  }

  private func errorArrived(_ frame: ReceivedFrame, id: Int?, _ info: ErrorInfo) {
    guard let id, id > 0 else { return pass(frame) }
    guard let original = courier.refused(id, info) else { return }
    guard original != id, let content = frame.content else { return pass(frame) }
    // Those above know the message by its first number.
    var renamed = Array("[5,\(original),".utf8)
    renamed.append(contentsOf: content)
    renamed.append(UInt8(ascii: "]"))
    receive(renamed)
  }

  /// Takes a frame that has come in pieces.
  private func receive(_ text: [UInt8]) {
    text.withUnsafeBytes { bytes in
      do throws(MessageScanError) {
        pass(ReceivedFrame(bytes: bytes, scan: try MessageScan(bytes)))
      } catch {
        delegate?.receivedUnreadable(error.description)
      }
    }
    delegate?.receivedAll()
  }

  /// For the channel.
  public func channelDrained(_ channel: WebSocketChannel) { delegate?.receivedAll() }

  /// For the channel.
  public func channelCanSend(_ channel: WebSocketChannel) { delegate?.canSend() }

  /// For the channel.
  public func channel(_ channel: WebSocketChannel, ended end: ChannelEnd) { ended(channel, end) }
}

// MARK: - Large messages

extension WebSocketConnectionClient: LargeMessageCarrier {
  func nextFrameID() -> Int {
    lastFrameID += 1
    return lastFrameID
  }

  func send(_ envelope: Envelope<ClientMessage>) {
    var frame = JSONWriter(capacity: 512)
    // These forms are the same in both dialects.
    try? envelope.write(to: &frame, dialect: dialect)
    sendFrame(frame.bytes)
  }

  func sendInline(_ id: Int, _ message: [UInt8]) {
    var frame = JSONWriter(capacity: message.count + 32)
    frame.beginArray()
    frame.number(1)
    frame.number(id)
    frame.raw(message)
    frame.endArray()
    sendFrame(frame.bytes)
  }

  private func sendFrame(_ bytes: [UInt8]) {
    do throws(WebSocketError) {
      try channel?.send(bytes)
    } catch { dropConnection(because: .cannotSend(error.description)) }
  }

  func sendingFailed(frameID: Int, because error: ClientError) {
    delegate?.sendingFailed(frameID: frameID, because: error)
  }

  func hasMoreRoom() { delegate?.canSend() }

  func deliver(_ message: [UInt8]) {
    var frame = Array("[1,-1,".utf8)
    frame.reserveCapacity(message.count + 8)
    frame += message
    frame.append(UInt8(ascii: "]"))
    receive(frame)
  }
}
