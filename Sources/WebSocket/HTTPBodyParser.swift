/// Why bytes are not the body of an HTTP/1 message.
public enum HTTPBodyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// More bytes than allowed.
  case tooLarge(limit: Int)
  /// Something RFC 9112 does not allow; the text says what.
  case malformed(String)
  /// The connection ended before the body did.
  case truncated

  /// One line for people.
  public var description: String {
    switch self {
    case .tooLarge(let limit): "the HTTP body has more than \(limit) bytes"
    case .malformed(let what): "not a valid HTTP body: \(what)"
    case .truncated: "the connection ended in the middle of the HTTP body"
    }
  }
}

/// Reads the body of an HTTP/1 message, in pieces cut anywhere (RFC 9112, sections 6 and 7).
///
/// It is strict where leniency lets requests be smuggled: a length and a transfer coding exclude each
/// other, lengths must agree, and `chunked` is the only coding known.
public struct HTTPBodyParser: Sendable {
  /// What has come of the body, chunks put together.
  public private(set) var body: [UInt8] = []

  private var stage: Stage
  private let limit: Int
  private var line: [UInt8] = []
  private var trailerSize = 0

  private enum Stage: Hashable {
    /// So many bytes are missing.
    case counted(Int)
    /// Everything until the connection ends belongs to it.
    case untilEnd
    /// The line with a chunk's size.
    case chunkSize
    /// So many bytes of a chunk are missing.
    case chunk(Int)
    /// The line break behind a chunk.
    case chunkEnd
    /// Lines behind the last chunk.
    case trailer
    case complete
  }

  private static let lineLimit = 4096
  private static let trailerLimit = 16 << 10

  /// A parser for the body of a response.
  ///
  /// - Parameters:
  ///   - head: The response's head.
  ///   - method: The request's method: the answer to a `HEAD` has no body.
  ///   - limit: The most bytes that the body may have.
  /// - Throws: ``HTTPBodyError``.
  public init(
    ofResponse head: HTTPResponseHead, to method: String, limit: Int
  ) throws(HTTPBodyError) {
    self.limit = limit
    let hasNone = method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304
    stage =
      hasNone
      ? .complete : try Self.framing(of: head, minorVersion: head.minorVersion) ?? .untilEnd
    try checkLength()
  }

  /// A parser for the body of a request: without a length there is none.
  ///
  /// - Throws: ``HTTPBodyError``.
  public init(ofRequest head: HTTPRequestHead, limit: Int) throws(HTTPBodyError) {
    self.limit = limit
    stage = try Self.framing(of: head, minorVersion: head.minorVersion) ?? .complete
    try checkLength()
  }

  /// Whether nothing of it is missing.
  public var isComplete: Bool { stage == .complete }

  /// Takes bytes.
  ///
  /// - Returns: How many of them belong to the body.
  /// - Throws: ``HTTPBodyError``.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPBodyError) -> Int {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch stage {
      case .complete: return bytes.count - rest.count
      case .untilEnd: try append(rest.prefix(rest.count), from: &rest)
      case .counted(let missing):
        let count = min(missing, rest.count)
        try append(rest.prefix(count), from: &rest)
        stage = count == missing ? .complete : .counted(missing - count)
      case .chunk(let missing):
        let count = min(missing, rest.count)
        try append(rest.prefix(count), from: &rest)
        stage = count == missing ? .chunkEnd : .chunk(missing - count)
      case .chunkSize, .chunkEnd, .trailer:
        if try takeByte(rest.removeFirst()) { try endLine() }
      }
    }
    return bytes.count
  }

  /// The connection has ended.
  ///
  /// - Throws: ``HTTPBodyError/truncated`` where the body has not.
  public mutating func receiveEnd() throws(HTTPBodyError) {
    guard stage == .complete || stage == .untilEnd else { throw .truncated }
    stage = .complete
  }

  /// Whether the body ends with the connection alone.
  public var endsWithConnection: Bool { stage == .untilEnd }

  // MARK: Framing

  private static func framing(
    of head: some HTTPHead, minorVersion: Int
  ) throws(HTTPBodyError) -> Stage? {
    let codings = head.values("Transfer-Encoding")
    let lengths = head.values("Content-Length")
    guard codings.isEmpty else {
      guard lengths.isEmpty else {
        throw .malformed("both Content-Length and Transfer-Encoding")
      }
      guard minorVersion > 0 else { throw .malformed("a transfer coding in HTTP/1.0") }
      guard codings.count == 1, ASCII.isSame(codings[0], "chunked") else {
        throw .malformed("a transfer coding other than chunked")
      }
      return .chunkSize
    }
    guard let first = lengths.first else { return nil }
    guard lengths.allSatisfy({ $0 == first }) else {
      throw .malformed("lengths that differ")
    }
    guard !first.isEmpty, first.utf8.allSatisfy(ASCII.isDigit), let length = Int(first) else {
      throw .malformed("the length \(first.debugDescription)")
    }
    return length == 0 ? .complete : .counted(length)
  }

  /// What is too long is refused before any of it has come.
  private func checkLength() throws(HTTPBodyError) {
    if case .counted(let length) = stage, length > limit { throw .tooLarge(limit: limit) }
  }

  private mutating func append(
    _ bytes: Slice<UnsafeRawBufferPointer>, from rest: inout Slice<UnsafeRawBufferPointer>
  ) throws(HTTPBodyError) {
    guard body.count + bytes.count <= limit else { throw .tooLarge(limit: limit) }
    body.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes))
    rest = rest.dropFirst(bytes.count)
  }

  // MARK: Chunks

  /// Takes a byte of a line; true at its end.
  private mutating func takeByte(_ byte: UInt8) throws(HTTPBodyError) -> Bool {
    if line.last == ASCII.carriageReturn {
      guard byte == ASCII.lineFeed else { throw .malformed("a CR without LF in its framing") }
      line.removeLast()
      return true
    }
    guard byte == ASCII.carriageReturn || ASCII.isFieldContent(byte) else {
      throw .malformed("a control character in its framing")
    }
    line.append(byte)
    guard line.count <= Self.lineLimit else { throw .malformed("a line without end") }
    return false
  }

  private mutating func endLine() throws(HTTPBodyError) {
    defer { line.removeAll(keepingCapacity: true) }
    switch stage {
    case .chunkSize:
      let size = try chunkSize()
      guard body.count <= limit - size else { throw .tooLarge(limit: limit) }
      stage = size == 0 ? .trailer : .chunk(size)
    case .chunkEnd:
      guard line.isEmpty else { throw .malformed("a chunk longer than its size") }
      stage = .chunkSize
    case .trailer:
      trailerSize += line.count
      guard trailerSize <= Self.trailerLimit else { throw .malformed("a trailer without end") }
      if line.isEmpty { stage = .complete }
    case .counted, .untilEnd, .chunk, .complete: break
    }
  }

  /// The size in the line; extensions behind a semicolon mean nothing.
  private func chunkSize() throws(HTTPBodyError) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") && !ASCII.isBlank($0) }
    // Blanks may stand before the semicolon of an extension, and nowhere else.
    guard
      digits.count == line.count
        || ASCII.trimmed(line[digits.count...]).first == UInt8(ascii: ";")
    else { throw .malformed("a chunk's size") }
    guard !digits.isEmpty, digits.count <= 15 else { throw .malformed("a chunk's size") }
    var size = 0
    for digit in digits {
      switch digit {
      case 0x30...0x39: size = size << 4 | Int(digit - 0x30)
      case 0x41...0x46, 0x61...0x66: size = size << 4 | Int((digit | 0x20) - 0x61 + 10)
      default: throw .malformed("a chunk's size")
      }
    }
    guard size <= limit else { throw .tooLarge(limit: limit) }
    return size
  }
}
