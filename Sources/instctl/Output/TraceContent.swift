import InstProtocol
import JSONText
import WebSocket

/// A message or body in a trace, without its secrets: `json` where it is JSON, `text` where it is another
/// text, else `base64`.
struct TraceContent {
  private let bytes: [UInt8]
  private let mayBeText: Bool

  /// - Parameter isText: whether it can be text at all.
  init(_ bytes: [UInt8], isText: Bool = true) {
    self.bytes = bytes
    mayBeText = isText
  }

  func write(to writer: inout JSONWriter) {
    guard !bytes.isEmpty else { return }
    let isMasked = bytes.withUnsafeBytes { write($0, to: &writer) }
    guard isMasked else { return }
    writer.key("masked")
    writer.bool(true)
  }

  /// Whether something was replaced.
  private func write(_ bytes: UnsafeRawBufferPointer, to writer: inout JSONWriter) -> Bool {
    if mayBeText, (try? JSON.validate(bytes)) != nil {
      let json = MaskedFrame(bytes)
      writer.key("json")
      json.write(to: &writer)
      return json.isMasked
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let masked = SecretMask.text(text)
    // Bytes with a key in them are shown as far as they are text.
    if masked == text, !mayBeText || (try? JSON.validateUTF8(bytes)) == nil {
      writer.key("base64")
      writer.string(Base64.encode(bytes))
      return false
    }
    writer.key("text")
    writer.string(masked)
    return masked != text
  }
}

extension Opcode {
  /// The name of RFC 6455 section 5.2.
  var name: String {
    switch self {
    case .continuation: "continuation"
    case .text: "text"
    case .binary: "binary"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    }
  }
}

extension FrameRecord {
  /// What a server says besides answers.
  enum Notice {
    case rateLimit(milliseconds: Int64)
    case error(ErrorInfo)
  }

  /// A limit of rates, or an error, that the frame tells of.
  var notice: Notice? {
    guard direction == .received, kind == .text, !isBroken, let message else { return nil }
    return message.withUnsafeBytes { bytes in
      guard let scan = try? MessageScan(bytes),
        scan.form == .error || scan.type == .rateLimitExceeded
      else { return nil }
      switch try? Envelope<ServerMessage>(parsing: bytes) {
      case .error(_, let info)?: return .error(info)
      case .message(_, .rateLimitExceeded(let notice))?:
        let wait = notice.retryAfterMilliseconds(
          dialect: notice.totalHits == nil ? .documented : .deployed)
        return .rateLimit(milliseconds: Int64(exactly: wait.rounded(.up)) ?? .max)
      default: return nil
      }
    }
  }

  /// The type of the message in the frame, for people.
  var messageType: String? {
    guard kind == .text, let message else { return nil }
    return message.withUnsafeBytes { bytes in
      guard let scan = try? MessageScan(bytes) else { return nil }
      return scan.typeName?.decoded(in: bytes) ?? "form \(scan.form.rawValue)"
    }
  }
}
