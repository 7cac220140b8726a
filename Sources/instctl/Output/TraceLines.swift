import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// What a trace says of one connection, or of one HTTP exchange. ``TraceFormat`` describes the lines.
@EventLoop
struct TraceLines {
  let file: TraceFile
  let connection: Int
  /// Whether what the user adds to requests comes from a file, and is not to be shown.
  let hidesFields: Bool

  /// The fields of requests that the program makes itself.
  private static let ownFields: Set<String> = [
    "host", "upgrade", "connection", "origin", "accept", "content-type", "content-length",
    "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol",
    "sec-websocket-extensions",
  ]

  private func line(_ type: StaticString, _ members: (inout JSONWriter) -> Void) {
    file.line(type) { writer in
      writer.key("connection")
      writer.number(connection)
      members(&writer)
    }
  }

  func connecting(to url: String) {
    line("connecting") { writer in
      writer.key("url")
      writer.string(SecretMask.text(SecretMask.withoutQuery(url)))
    }
  }

  func event(_ event: WireEvent) {
    switch event {
    case .step(let step): self.step(ToldStep(step))
    case .request(let head, let body): request(head, body)
    case .response(let head, let body): response(head, body)
    case .frame(let frame): self.frame(frame)
    case .ended(let end):
      line("closed") { writer in
        writer.key("reason")
        writer.string(SecretMask.text(end.description))
        writer.key("closeCode")
        writer.number(end.closeCode)
      }
    case .failed(let reason):
      line("failed") { writer in
        writer.key("reason")
        writer.string(SecretMask.text(reason))
      }
    }
  }

  func step(_ step: ToldStep) {
    line("step") { writer in step.write(to: &writer) }
  }

  // MARK: HTTP

  private func request(_ head: HTTPRequestHead, _ body: [UInt8]) {
    line("request") { writer in
      writer.key("method")
      writer.string(head.method)
      writer.key("target")
      writer.string(SecretMask.text(SecretMask.withoutQuery(head.target)))
      write(head.fields, hiding: hidesFields, to: &writer)
      TraceContent(body).write(to: &writer)
    }
  }

  private func response(_ head: HTTPResponseHead, _ body: [UInt8]) {
    line("response") { writer in
      writer.key("status")
      writer.number(head.status)
      writer.key("reason")
      writer.string(SecretMask.text(head.reason))
      write(head.fields, hiding: false, to: &writer)
      TraceContent(body).write(to: &writer)
    }
  }

  private func write(_ fields: [HTTPField], hiding: Bool, to writer: inout JSONWriter) {
    writer.key("headers")
    writer.beginArray()
    for field in fields {
      writer.beginArray()
      writer.string(field.name)
      writer.string(
        hiding && !Self.ownFields.contains(field.name.lowercased())
          ? SecretMask.replacement : SecretMask.value(of: field))
      writer.endArray()
    }
    writer.endArray()
  }

  // MARK: Frames

  private func frame(_ frame: FrameRecord) {
    line("frame") { writer in
      writer.key("direction")
      writer.string(frame.direction.rawValue)
      writer.key("opcode")
      writer.string(frame.opcode.name)
      writer.key("fin")
      writer.bool(frame.isFinal)
      writer.key("rsv1")
      writer.bool(frame.isCompressed)
      writer.key("wireBytes")
      writer.number(frame.wireSize)
      guard let message = frame.message else { return }
      writer.key("messageBytes")
      writer.number(message.count)
      if frame.isBroken {
        writer.key("broken")
        writer.bool(true)
      }
      if frame.opcode == .close, let close = message.withUnsafeBytes({ try? CloseFrame.decode($0) })
      {
        return write(close, to: &writer)
      }
      TraceContent(message, isText: frame.kind == .text).write(to: &writer)
    }
    if let notice = frame.notice { self.notice(notice) }
  }

  private func write(_ close: CloseFrame, to writer: inout JSONWriter) {
    guard let code = close.code else { return }
    writer.key("closeCode")
    writer.number(Int(code.rawValue))
    writer.key("reason")
    writer.string(SecretMask.text(close.reason))
  }

  /// What the server says of limits and errors, beside the frame in which it stands.
  private func notice(_ notice: FrameRecord.Notice) {
    switch notice {
    case .rateLimit(let milliseconds):
      line("rate_limit") { writer in
        writer.key("retryAfterMs")
        writer.number(Int(milliseconds))
      }
    case .error(let info):
      line("error") { writer in
        writer.key("errorCode")
        writer.string(info.errorCode.rawValue)
        writer.key("errorMessage")
        writer.string(SecretMask.text(info.errorMessage))
      }
    }
  }

  // MARK: The life of a connection

  func state(_ state: ConnectionState) {
    line("state") { writer in
      writer.key("state")
      writer.string(state.phase.rawValue)
      if let attempt = state.attempt {
        writer.key("attempt")
        writer.number(attempt)
      }
      if let wait = state.retryInMilliseconds {
        writer.key("retryInMs")
        writer.number(Int(wait))
      }
      if let reason = state.reason {
        writer.key("reason")
        writer.string(SecretMask.text(reason))
      }
      if let code = state.closeCode {
        writer.key("closeCode")
        writer.number(code)
      }
    }
  }
}
