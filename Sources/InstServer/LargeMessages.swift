import InstProtocol
import JSONText

/// What an API gateway does: frames are short, and longer messages go through a storage (PROTOCOL
/// section 5, Large messages).
extension InstServerCore {
  /// The longest frame, in characters as JavaScript counts them (UTF-16).
  static let maximumFrameCharacters = 32_000

  /// Whether a frame is too long for a gateway.
  static func isTooLong(_ frame: UnsafeRawBufferPointer) -> Bool {
    frame.count > maximumFrameCharacters
      && String(decoding: frame, as: UTF8.self).utf16.count > maximumFrameCharacters
  }

  /// Answers `[2, id]` with the place to which a message can be put.
  mutating func reserveUpload(
    _ id: JSONNumber, _ client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    guard store != nil else {
      return fail(
        .notSupported, "Messages are taken as they are, however large.", id, client, &effects)
    }
    guard let request = store?.reserve(now: now, using: &generator) else {
      return fail(.serverError, "The storage is full.", id, client, &effects)
    }
    send(.uploadResponse(id: id, request), to: [client], effects: &effects)
  }

  /// Handles the message that a client has put, as if it had come in a frame with the id of `[4, …]`.
  mutating func receiveUpload(
    _ frame: UnsafeRawBufferPointer, id: JSONNumber, _ client: ClientID, now: Int64,
    effects: inout [Effect]
  ) {
    guard case .downloadRequest(_, let request?)? = try? Envelope<ClientMessage>(parsing: frame),
      let message = store?.take(request.url, now: now)
    else { return fail(.messageNotFound, "There is no such message.", id, client, &effects) }
    guard (try? JSON.validate(message)) != nil else {
      return fail(.unacceptableRequest, "The message is not JSON.", id, client, &effects)
    }
    let whole = Array("[1,\(id),".utf8) + message + [UInt8(ascii: "]")]
    whole.withUnsafeBytes { receiveFrame($0, from: client, now: now, effects: &effects) }
  }

  /// Has the frames from an index on that are too long fetched from the storage. They go last: what is
  /// fetched is late anyway.
  mutating func divertLongFrames(
    from start: Int, now: Int64, effects: inout [Effect]
  ) {
    guard store != nil else { return }
    var diverted: [Effect] = []
    var rest: [Effect] = []
    for effect in effects[start...] {
      guard case .send(let client, let frame) = effect,
        frame.withUnsafeBytes({ Self.isTooLong($0) })
      else {
        rest.append(effect)
        continue
      }
      offer(frame, to: client, now: now, effects: &diverted)
    }
    guard !diverted.isEmpty else { return }
    effects.replaceSubrange(start..., with: rest + diverted)
  }

  private mutating func offer(
    _ frame: [UInt8], to client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    let content = frame.withUnsafeBytes { frame in
      (try? MessageScan(frame))?.content.map { Array($0.bytes(in: frame)) }
    }
    guard let content, let request = store?.offer(content, now: now, using: &generator) else {
      // What cannot be delivered must not be lost in silence: the client will come again.
      sessions[client]?.isClosing = true
      return effects.append(.close(client, code: 1013))
    }
    send(.downloadRequest(id: -1, request), to: [client], effects: &effects)
  }

  /// A request to the storage over HTTP.
  ///
  /// - Parameters:
  ///   - request: Method, path, query and header fields.
  ///   - name: The last part of the path.
  ///   - body: What is to be stored, for a `PUT`.
  ///   - now: Milliseconds since the Unix epoch.
  /// - Returns: The HTTP status and the body.
  public mutating func accessStorage(
    _ request: OperationRequest, name: String, body: [UInt8], now: Int64
  ) -> (status: Int, body: [UInt8]) {
    guard store != nil else { return (404, []) }
    let signature = request.query["signature"]
    let outcome: MessageStore.Outcome? =
      switch request.method {
      case "PUT" where request.headers["x-amz-acl"] != "bucket-owner-full-control": .forbidden
      case "PUT": store?.put(name, signature: signature, body, now: now)
      case "GET": store?.get(name, signature: signature, now: now)
      default: nil
      }
    return switch outcome {
    case .stored: (200, [])
    case .fetched(let message): (200, message)
    case .forbidden: (403, [])
    case .notFound: (404, [])
    case .tooLarge: (413, [])
    case nil: (405, [])
    }
  }
}
