/// A pull scanner: moves over one JSON text from front to back and says where the values stand.
///
/// Nothing is decoded, copied or allocated. Whatever the cursor has moved over is valid by the
/// grammar of RFC 8259; that the bytes are UTF-8 it takes for granted (text from a WebSocket is, for
/// the rest there is ``JSON/validateUTF8(_:)``).
///
/// ```swift
/// var cursor = JSONCursor(bytes)
/// try cursor.beginObject()
/// while let name = try cursor.nextKey() {
///   if name.equals("inst", in: bytes) { inst = try cursor.readString() } else { try cursor.skipValue() }
/// }
/// try cursor.end()
/// ```
///
/// The order of calls is the caller's part: after `beginArray`, one value after each `nextElement`
/// that returns true; after `beginObject`, one value after each `nextKey` that returns a name; then
/// `end`. Any input is safe, whatever the order.
///
/// The bytes are borrowed: their owner must keep them in place for as long as the cursor is used.
/// A copy of a cursor is a place to return to. After an error the cursor is of no further use.
public struct JSONCursor {
  /// The text. Ranges that the cursor returns are offsets into it.
  public let bytes: UnsafeRawBufferPointer

  @usableFromInline var offset = 0
  @usableFromInline var openContainers = 0
  @usableFromInline let maximumDepth: Int
  /// Behind an opening bracket no comma is due.
  @usableFromInline var isBehindBracket = false

  @usableFromInline var hasBreaks = false
  /// The words of strings, except where they are plain, joined by "or": bit 7 of a byte tells of a
  /// byte >= 0x80.
  @usableFromInline var highBits: UInt64 = 0
  /// The same, with each byte raised by one: bit 7 of a byte tells of a byte >= 0x7F.
  @usableFromInline var raisedBits: UInt64 = 0

  /// A cursor before the first byte of a text.
  ///
  /// - Parameters:
  ///   - bytes: The whole text, borrowed.
  ///   - maximumDepth: How many arrays and objects may be inside each other, at most
  ///     ``JSON/greatestMaximumDepth``.
  @inlinable
  public init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = JSON.defaultMaximumDepth) {
    self.bytes = bytes
    self.maximumDepth = min(maximumDepth, JSON.greatestMaximumDepth)
  }

  /// A cursor at the same place in another text that begins with the same bytes, all those that
  /// `cursor` has moved over.
  @inlinable
  public init(_ bytes: UnsafeRawBufferPointer, at cursor: JSONCursor) {
    self.bytes = bytes
    maximumDepth = cursor.maximumDepth
    offset = cursor.offset
    openContainers = cursor.openContainers
    isBehindBracket = cursor.isBehindBracket
    hasBreaks = cursor.hasBreaks
    highBits = cursor.highBits
    raisedBits = cursor.raisedBits
  }

  /// The offset of the next byte.
  @inlinable
  public var position: Int { offset }

  /// How many arrays and objects the cursor is inside of.
  @inlinable
  public var depth: Int { openContainers }

  // MARK: What to know before passing bytes through

  /// Whether a tab, line feed or carriage return stood between tokens so far.
  @inlinable
  public var sawBreak: Bool { hasBreaks }

  /// Whether a byte >= 0x80 stood in a string so far.
  @inlinable
  public var sawNonASCII: Bool { highBits & Words.highBits != 0 }

  /// Whether everything so far is printable ASCII, so that it can be written out as it is, on one
  /// line, to a terminal. See ``JSONWriter/passThrough(_:isPlain:)``.
  @inlinable
  public var isPlain: Bool { !hasBreaks && (highBits | raisedBits) & Words.highBits == 0 }

  // MARK: Arrays and objects

  /// The kind of the next value, which stays the next.
  ///
  /// - Throws: ``JSONError`` when no value can begin here.
  @inlinable
  public mutating func peekKind() throws(JSONError) -> JSONKind {
    switch try peekToken() {
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    default: throw unexpected()
    }
  }

  /// Enters an array.
  ///
  /// - Throws: ``JSONError`` when the next value is none, or is nested too deep.
  @inlinable
  public mutating func beginArray() throws(JSONError) {
    try begin(UInt8(ascii: "["))
  }

  /// Moves to the next element of the array the cursor is in, or out of the array.
  ///
  /// - Returns: Whether there is one more element.
  /// - Throws: ``JSONError`` when neither an element nor the end of the array follows.
  @inlinable
  public mutating func nextElement() throws(JSONError) -> Bool {
    let token = try peekToken()
    if token == UInt8(ascii: "]") {
      close()
      return false
    }
    if isBehindBracket {
      isBehindBracket = false
    } else {
      guard token == UInt8(ascii: ",") else { throw unexpected() }
      offset &+= 1
    }
    return true
  }

  /// Enters an object.
  ///
  /// - Throws: ``JSONError`` when the next value is none, or is nested too deep.
  @inlinable
  public mutating func beginObject() throws(JSONError) {
    try begin(UInt8(ascii: "{"))
  }

  /// Moves to the value of the next member of the object the cursor is in, or out of the object.
  ///
  /// - Returns: The member's name, or nil at the end of the object.
  /// - Throws: ``JSONError`` when neither a member nor the end of the object follows.
  @inlinable
  public mutating func nextKey() throws(JSONError) -> JSONStringRange? {
    var token = try peekToken()
    if token == UInt8(ascii: "}") {
      close()
      return nil
    }
    if isBehindBracket {
      isBehindBracket = false
    } else {
      guard token == UInt8(ascii: ",") else { throw unexpected() }
      offset &+= 1
      token = try peekToken()
    }
    guard token == UInt8(ascii: "\"") else { throw unexpected() }
    let name = try scanString()
    guard try peekToken() == UInt8(ascii: ":") else { throw unexpected() }
    offset &+= 1
    return name
  }

  // MARK: Values

  /// Reads a string.
  ///
  /// - Throws: ``JSONError`` when the next value is none.
  @inlinable
  public mutating func readString() throws(JSONError) -> JSONStringRange {
    guard try peekToken() == UInt8(ascii: "\"") else { throw unexpected() }
    return try scanString()
  }

  /// Reads a number.
  ///
  /// - Throws: ``JSONError`` when the next value is none.
  @inlinable
  public mutating func readNumber() throws(JSONError) -> JSONRange {
    _ = try peekToken()
    let start = offset
    try scanNumber()
    return JSONRange(kind: .number, start: start, end: offset)
  }

  /// Reads `true` or `false`.
  ///
  /// - Throws: ``JSONError`` when the next value is neither.
  @inlinable
  public mutating func readBool() throws(JSONError) -> Bool {
    if try peekToken() == UInt8(ascii: "t") {
      try scanLiteral("true")
      return true
    }
    try scanLiteral("false")
    return false
  }

  /// Reads `null`.
  ///
  /// - Throws: ``JSONError`` when the next value is something else.
  @inlinable
  public mutating func readNull() throws(JSONError) {
    _ = try peekToken()
    try scanLiteral("null")
  }

  /// Moves over the next value, whatever it is and contains.
  ///
  /// - Throws: ``JSONError`` when something in it is not JSON, or is nested too deep.
  @inlinable
  @discardableResult
  public mutating func skipValue() throws(JSONError) -> JSONRange {
    let token = try peekToken()
    let start = offset
    switch token {
    case UInt8(ascii: "\""):
      let hasEscapes = try scanString().hasEscapes
      return JSONRange(kind: .string, hasEscapes: hasEscapes, start: start, end: offset)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      try skipContainer()
      let kind: JSONKind = token == UInt8(ascii: "{") ? .object : .array
      return JSONRange(kind: kind, start: start, end: offset)
    default:
      let kind = try skipPlainScalar(token)
      return JSONRange(kind: kind, start: start, end: offset)
    }
  }

  /// Checks that nothing but whitespace follows the value.
  ///
  /// - Throws: ``JSONError`` of kind `trailingText`, or `unexpectedEnd` when an array or object that
  ///   was begun is still open.
  @inlinable
  public mutating func end() throws(JSONError) {
    skipWhitespace()
    guard offset == bytes.count else { throw JSONError(.trailingText, at: offset) }
    guard openContainers == 0 else { throw JSONError(.unexpectedEnd, at: offset) }
  }
}

// MARK: - Moving over what is inside a value

extension JSONCursor {
  /// Moves over an array or object without recursion for every level: the kinds of up to 64 open
  /// levels are the bits of a word, and only the 65th level is another call.
  @inlinable
  mutating func skipContainer() throws(JSONError) {
    var levels = 0
    var objects: UInt64 = 0
    repeat {
      if levels > 0 {
        let hasMore = objects & 1 == 1 ? try nextKey() != nil : try nextElement()
        guard hasMore else {
          levels &-= 1
          objects &>>= 1
          continue
        }
      }
      switch try peekToken() {
      case UInt8(ascii: "\""): _ = try scanString()
      case UInt8(ascii: "[") where levels < 64:
        try beginArray()
        levels &+= 1
        objects &<<= 1
      case UInt8(ascii: "{") where levels < 64:
        try beginObject()
        levels &+= 1
        objects = objects &<< 1 | 1
      case UInt8(ascii: "["), UInt8(ascii: "{"): try skipContainer()
      case let token: _ = try skipPlainScalar(token)
      }
    } while levels > 0
  }

  /// Moves over a number or literal.
  @inlinable
  mutating func skipPlainScalar(_ token: UInt8) throws(JSONError) -> JSONKind {
    switch token {
    case UInt8(ascii: "t"):
      try scanLiteral("true")
      return .boolean
    case UInt8(ascii: "f"):
      try scanLiteral("false")
      return .boolean
    case UInt8(ascii: "n"):
      try scanLiteral("null")
      return .null
    default:
      try scanNumber()
      return .number
    }
  }

  @inlinable
  mutating func begin(_ bracket: UInt8) throws(JSONError) {
    guard try peekToken() == bracket else { throw unexpected() }
    guard openContainers < maximumDepth else {
      throw JSONError(.tooDeep(limit: maximumDepth), at: offset)
    }
    offset &+= 1
    openContainers &+= 1
    isBehindBracket = true
  }

  @inlinable
  mutating func close() {
    offset &+= 1
    openContainers &-= 1
    isBehindBracket = false
  }

  /// The first byte of the next token, which stays the next byte.
  @inlinable
  @inline(__always)
  mutating func peekToken() throws(JSONError) -> UInt8 {
    if offset < bytes.count, bytes[offset] > 0x20 { return bytes[offset] }
    skipWhitespace()
    guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
    return bytes[offset]
  }

  @usableFromInline
  mutating func skipWhitespace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: " "): break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): hasBreaks = true
      default: return
      }
      offset &+= 1
    }
  }

  @inlinable
  mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
    for index in 0..<literal.utf8CodeUnitCount {
      guard offset < bytes.count, bytes[offset] == literal.utf8Start[index] else {
        throw unexpected()
      }
      offset &+= 1
    }
  }

  /// The error for the next byte, or for its absence.
  @usableFromInline
  @inline(never)
  func unexpected() -> JSONError {
    guard offset < bytes.count else { return JSONError(.unexpectedEnd, at: offset) }
    if offset == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return JSONError(.byteOrderMark, at: 0)
    }
    return JSONError(.unexpectedByte(bytes[offset]), at: offset)
  }
}
