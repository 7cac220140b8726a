/// Collects the start of the body of a response that refuses something, for the error.
public struct RefusalBody: Sendable {
  /// How many bytes of the body the error keeps.
  static let limit = 1024

  private enum Framing {
    case untilEnd
    case length(Int)
    case chunked
  }

  private let framing: Framing
  private var raw: [UInt8] = []

  /// The body that follows this head.
  public init(_ head: HTTPResponseHead) {
    if head.lists("chunked", in: "Transfer-Encoding") {
      framing = .chunked
    } else if head.status < 200 || head.status == 204 || head.status == 304 {
      framing = .length(0)
    } else if let length = head.value("Content-Length").flatMap({ Int($0) }), length >= 0 {
      framing = .length(length)
    } else {
      framing = .untilEnd
    }
  }

  /// Takes more of the body; true once enough is there.
  mutating func receive(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    let wanted =
      switch framing {
      case .length(let length): min(length, Self.limit)
      // Room for the sizes that stand before the chunks.
      case .chunked: 2 * Self.limit
      case .untilEnd: Self.limit
      }
    raw += bytes.prefix(wanted - raw.count)
    if raw.count >= wanted { return true }
    guard case .chunked = framing else { return false }
    let (decoded, isComplete) = dechunked()
    return isComplete || decoded.count >= Self.limit
  }

  /// Takes more of the body; true once enough is there.
  public mutating func receive(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { receive($0[...]) }
  }

  /// What has come of it, at most 1,024 bytes.
  public var content: [UInt8] {
    guard case .chunked = framing else { return raw }
    return Array(dechunked().content.prefix(Self.limit))
  }

  /// The chunks joined (RFC 9112, section 7.1), and whether the last one was there.
  private func dechunked() -> (content: [UInt8], isComplete: Bool) {
    var content: [UInt8] = []
    var rest = raw[...]
    while let lineEnd = rest.firstIndex(of: ASCII.lineFeed) {
      let digits = rest[..<lineEnd].prefix { $0 != UInt8(ascii: ";") && $0 != ASCII.carriageReturn }
      guard let size = Int(String(decoding: ASCII.trimmed(digits), as: UTF8.self), radix: 16),
        size > 0
      else { return (content, true) }
      rest = rest[(lineEnd + 1)...]
      content += rest.prefix(size)
      guard rest.count - 2 >= size else { break }
      rest = rest.dropFirst(size + 2)
    }
    return (content, false)
  }
}
