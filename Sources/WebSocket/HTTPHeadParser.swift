/// Why bytes are not the head of an HTTP/1 message.
public enum HTTPHeadError: Error, Hashable, Sendable, CustomStringConvertible {
  /// More bytes than allowed before the empty line.
  case tooLarge(limit: Int)
  /// More fields than allowed.
  case tooManyFields(limit: Int)
  /// Something RFC 9112 does not allow; the text says what.
  case malformed(String)

  /// One line for people.
  public var description: String {
    switch self {
    case .tooLarge(let limit): "the HTTP head has more than \(limit) bytes"
    case .tooManyFields(let limit): "the HTTP head has more than \(limit) fields"
    case .malformed(let what): "not a valid HTTP head: \(what)"
    }
  }
}

/// Reads the head of an HTTP/1 message, in pieces cut anywhere (RFC 9112, sections 2 to 5).
///
/// It is strict: lines end with CR LF, none is folded, no blank stands before a colon, and no control
/// character anywhere. What follows the head is left to the caller.
public struct HTTPHeadParser: Sendable {
  private enum StartLine {
    case request(method: String, target: String, minorVersion: Int)
    case response(minorVersion: Int, status: Int, reason: String)
  }

  private let limit: Int
  private let fieldLimit: Int
  private var size = 0
  private var line: [UInt8] = []
  private var startLine: StartLine?
  private var fields: [HTTPField] = []

  /// A parser for one head of at most `limit` bytes and `fieldLimit` fields.
  public init(limit: Int = 16 << 10, fieldLimit: Int = 128) {
    self.limit = limit
    self.fieldLimit = fieldLimit
  }

  /// How many bytes of the head have come.
  public var received: Int { size }

  /// Goes on with another head, under the same limits: the one read was an interim response.
  mutating func startAnother() {
    startLine = nil
    fields = []
  }

  /// Takes bytes of a request; its head once it is complete, and how many of the bytes belong to it.
  public mutating func receiveRequest(
    _ bytes: UnsafeRawBufferPointer
  ) throws(HTTPHeadError) -> (head: HTTPRequestHead, consumed: Int)? {
    guard let consumed = try receive(bytes, start: Self.requestLine),
      case .request(let method, let target, let minorVersion) = startLine
    else { return nil }
    let head = HTTPRequestHead(
      method: method, target: target, minorVersion: minorVersion, fields: fields)
    return (head, consumed)
  }

  /// Takes bytes of a response; its head once it is complete, and how many of the bytes belong to it.
  public mutating func receiveResponse(
    _ bytes: UnsafeRawBufferPointer
  ) throws(HTTPHeadError) -> (head: HTTPResponseHead, consumed: Int)? {
    try checkPrefix(bytes)
    guard let consumed = try receive(bytes, start: Self.statusLine),
      case .response(let minorVersion, let status, let reason) = startLine
    else { return nil }
    let head = HTTPResponseHead(
      minorVersion: minorVersion, status: status, reason: reason, fields: fields)
    return (head, consumed)
  }

  /// Refuses another protocol at its first bytes, which may have no line break at all.
  private func checkPrefix(_ bytes: UnsafeRawBufferPointer) throws(HTTPHeadError) {
    guard startLine == nil else { return }
    // What lies beyond the limit is not looked at, however the bytes come.
    let missing = max(min(7 - line.count, limit - size), 0)
    let beginning = line.prefix(7) + bytes.prefix(missing)
    guard "HTTP/1.".utf8.starts(with: beginning) else {
      throw .malformed("it does not begin with HTTP/1.")
    }
  }

  private mutating func receive(
    _ bytes: UnsafeRawBufferPointer, start: ([UInt8]) throws(HTTPHeadError) -> StartLine
  ) throws(HTTPHeadError) -> Int? {
    for (index, byte) in bytes.enumerated() {
      size += 1
      guard size <= limit else { throw .tooLarge(limit: limit) }
      if line.last == ASCII.carriageReturn {
        guard byte == ASCII.lineFeed else { throw .malformed("a CR without LF") }
        line.removeLast()
        if try endLine(start) { return index + 1 }
      } else {
        guard ASCII.isFieldContent(byte) || byte == ASCII.carriageReturn else {
          throw .malformed(
            byte == ASCII.lineFeed ? "a LF without CR" : "the control character \(byte)")
        }
        line.append(byte)
      }
    }
    return nil
  }

  /// Reads the complete line; true if it is the empty one at the end of the head.
  private mutating func endLine(
    _ start: ([UInt8]) throws(HTTPHeadError) -> StartLine
  ) throws(HTTPHeadError) -> Bool {
    defer { line.removeAll(keepingCapacity: true) }
    guard startLine != nil else {
      startLine = try start(line)
      return false
    }
    if line.isEmpty { return true }
    guard fields.count < fieldLimit else { throw .tooManyFields(limit: fieldLimit) }
    fields.append(try Self.field(line))
    return false
  }

  private static func field(_ line: [UInt8]) throws(HTTPHeadError) -> HTTPField {
    if let first = line.first, ASCII.isBlank(first) { throw .malformed("a folded line") }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      throw .malformed("a field without a colon")
    }
    guard colon > 0, line[..<colon].allSatisfy(ASCII.isToken) else {
      throw .malformed("a field name with invalid characters")
    }
    let value = ASCII.trimmed(line[(colon + 1)...])
    return HTTPField(
      name: String(decoding: line[..<colon], as: UTF8.self),
      value: String(decoding: value, as: UTF8.self))
  }

  private static func requestLine(_ line: [UInt8]) throws(HTTPHeadError) -> StartLine {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(ASCII.isToken),
      !parts[1].isEmpty, parts[1].allSatisfy({ 0x21...0x7E ~= $0 }),
      let minorVersion = version(parts[2])
    else { throw .malformed("the request line") }
    return .request(
      method: String(decoding: parts[0], as: UTF8.self),
      target: String(decoding: parts[1], as: UTF8.self), minorVersion: minorVersion)
  }

  private static func statusLine(_ line: [UInt8]) throws(HTTPHeadError) -> StartLine {
    let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let minorVersion = version(parts[0]), parts[1].count == 3,
      parts[1].allSatisfy(ASCII.isDigit),
      let status = Int(String(decoding: parts[1], as: UTF8.self)), status >= 100
    else { throw .malformed("the status line") }
    let reason = parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : ""
    return .response(minorVersion: minorVersion, status: status, reason: reason)
  }

  /// The minor version of `HTTP/1.0` or `HTTP/1.1`.
  private static func version(_ text: ArraySlice<UInt8>) -> Int? {
    if text.elementsEqual("HTTP/1.1".utf8) { return 1 }
    return text.elementsEqual("HTTP/1.0".utf8) ? 0 : nil
  }
}
