public import JSONText

/// What one pass over a frame tells about it: its form, the type of its message, and where the fields
/// stand that are looked at in every message. Nothing is decoded, copied or allocated.
///
/// The whole frame is checked by the grammar of JSON, and the envelope by PROTOCOL section 3; of the
/// fields only those named here, and only as far as it says. Where a name repeats, the last member
/// counts. Ranges are offsets into the bytes that were scanned.
public struct MessageScan: Hashable, Sendable {
  /// The forms of envelope.
  public enum Form: UInt8, Hashable, Sendable {
    /// `[1, id, message]`
    case message = 1
    /// `[2, id]`
    case uploadRequest
    /// `[3, id, url, method, headers]`
    case uploadResponse
    /// `[4, id, url, method, headers]`
    case downloadRequest
    /// `[5, id, info]`
    case error
  }

  /// The form of the envelope.
  public private(set) var form: Form
  /// The id of the frame: a number or null.
  public private(set) var id: JSONRange
  /// The message, or the info of an error: always an object there, and nil in the other forms.
  public private(set) var content: JSONRange?
  /// The type of the message.
  public private(set) var type = MessageType.unknown
  /// The type as written; nil when it is missing or no string.
  public private(set) var typeName: JSONStringRange?
  /// The field `recordName`, of any kind.
  public private(set) var recordName: JSONRange?
  /// The field `inst`, of any kind.
  public private(set) var inst: JSONRange?
  /// The field `branch`, of any kind: in `repo/connected_to_branch` it is an object.
  public private(set) var branch: JSONRange?
  /// The field `updates`, an array of strings; nil when it is missing or anything else.
  public private(set) var updates: JSONRange?
  /// How many updates there are.
  public private(set) var updateCount = 0
  /// The length of all updates together, in bytes as written, without quotes.
  public private(set) var updateBytes = 0
  /// Whether an update is written with escapes, so that its length as written is not its length.
  public private(set) var updatesHaveEscapes = false
  /// The field `updateId`, of any kind.
  public private(set) var updateID: JSONRange?
  /// The field `initial`, of any kind.
  public private(set) var initial: JSONRange?
  /// The field `timestamps`, of any kind.
  public private(set) var timestamps: JSONRange?
  /// The field `success`, of any kind.
  public private(set) var success: JSONRange?
  /// The field `errorCode`, of any kind.
  public private(set) var errorCode: JSONRange?
  /// Whether there are fields other than these, or `updates` that are no array of strings.
  public private(set) var hasOtherFields = false
  /// Whether the whole frame is printable ASCII on one line, so that parts of it can be written out
  /// as they are.
  public private(set) var isPlain = false

  /// Scans a frame.
  ///
  /// - Parameter bytes: The text of the frame, known to be UTF-8.
  /// - Throws: ``MessageScanError``.
  public init(_ bytes: UnsafeRawBufferPointer) throws(MessageScanError) {
    try self.init(bytes) { _, _ in }
  }

  /// Scans a frame.
  ///
  /// - Parameter updatesFound: called before each value of `updates`, with what is known up to there
  ///   and the cursor before the value.
  init(
    _ bytes: UnsafeRawBufferPointer, updatesFound: UpdatesFound
  ) throws(MessageScanError) {
    self = .empty
    let fault: JSONKind?
    do throws(JSONError) {
      fault = try scanFrame(bytes, updatesFound)
    } catch { throw .notJSON(error) }
    if let fault { throw .notAnEnvelope(fault) }
  }

  typealias UpdatesFound = (MessageScan, JSONCursor) -> Void

  /// Goes on from before the value of `updates`; the text before it must be the same.
  mutating func scanRest(of bytes: UnsafeRawBufferPointer, at place: JSONCursor)
    throws(MessageScanError)
  {
    var cursor = JSONCursor(bytes, at: place)
    do throws(JSONError) {
      try scanUpdates(&cursor)
      try scanMembers(&cursor) { _, _ in }
      try scanEnd(&cursor)
    } catch { throw .notJSON(error) }
  }

  private init() {
    form = .message
    id = JSONRange(kind: .null, start: 0, end: 0)
  }

  /// Of no frame at all.
  static let empty = MessageScan()

  /// Moves over the whole text.
  ///
  /// - Returns: Nil for an envelope; the kind of what the text is when it is none.
  private mutating func scanFrame(
    _ bytes: UnsafeRawBufferPointer, _ updatesFound: UpdatesFound
  ) throws(JSONError) -> JSONKind? {
    var cursor = JSONCursor(bytes)
    let kind = try cursor.peekKind()
    guard kind == .array else {
      try cursor.skipValue()
      try cursor.end()
      return kind
    }
    try cursor.beginArray()
    let isEnvelope = try scanElements(&cursor, updatesFound)
    // Past a fault, too: text that is no JSON counts as nothing else.
    try scanEnd(&cursor)
    return isEnvelope ? nil : .array
  }

  private mutating func scanEnd(_ cursor: inout JSONCursor) throws(JSONError) {
    if cursor.depth == 1 {
      while try cursor.nextElement() { try cursor.skipValue() }
    }
    try cursor.end()
    isPlain = cursor.isPlain
  }

  /// Reads the elements that make an envelope. False when they do not.
  private mutating func scanElements(
    _ cursor: inout JSONCursor, _ updatesFound: UpdatesFound
  ) throws(JSONError) -> Bool {
    guard try cursor.nextElement() else { return false }
    let number = try cursor.skipValue().int(at: cursor.bytes)
    guard let form = number.flatMap(Form.init(rawValue:)) else { return false }
    self.form = form
    guard try cursor.nextElement() else { return false }
    id = try cursor.skipValue()
    guard id.kind == .number || id.kind == .null else { return false }
    guard form == .message || form == .error else { return true }
    guard try cursor.nextElement() else { return false }
    guard try cursor.peekKind() == .object else {
      try cursor.skipValue()
      return false
    }
    try cursor.beginObject()
    content = JSONRange(kind: .object, start: cursor.position &- 1, end: cursor.position)
    try scanMembers(&cursor, updatesFound)
    return true
  }

  /// Reads the members that are left of the message or info.
  private mutating func scanMembers(
    _ cursor: inout JSONCursor, _ updatesFound: UpdatesFound
  ) throws(JSONError) {
    let bytes = cursor.bytes
    while let name = try cursor.nextKey() {
      switch Field(name, in: bytes) {
      case .type:
        typeName = try cursor.skipValue().string
        type = typeName.map { MessageType($0, in: bytes) } ?? .unknown
      case .recordName: recordName = try cursor.skipValue()
      case .inst: inst = try cursor.skipValue()
      case .branch: branch = try cursor.skipValue()
      case .updates:
        updatesFound(self, cursor)
        try scanUpdates(&cursor)
      case .updateID: updateID = try cursor.skipValue()
      case .initial: initial = try cursor.skipValue()
      case .timestamps: timestamps = try cursor.skipValue()
      case .success: success = try cursor.skipValue()
      case .errorCode: errorCode = try cursor.skipValue()
      case .other:
        hasOtherFields = true
        try cursor.skipValue()
      }
    }
    content?.end = cursor.position
  }

  private mutating func scanUpdates(_ cursor: inout JSONCursor) throws(JSONError) {
    updates = nil
    guard try cursor.peekKind() == .array else {
      hasOtherFields = true
      try cursor.skipValue()
      return
    }
    try cursor.beginArray()
    let start = cursor.position &- 1
    var areStrings = true
    updateCount = 0
    updateBytes = 0
    updatesHaveEscapes = false
    while try cursor.nextElement() {
      guard try cursor.peekKind() == .string else {
        areStrings = false
        try cursor.skipValue()
        continue
      }
      let update = try cursor.readString()
      updateCount &+= 1
      updateBytes &+= update.count
      if update.hasEscapes { updatesHaveEscapes = true }
    }
    if areStrings {
      updates = JSONRange(kind: .array, start: start, end: cursor.position)
    } else {
      hasOtherFields = true
    }
  }
}

/// Why a text is not a frame. What exactly is wrong with an envelope, ``Envelope`` says.
public enum MessageScanError: Error, Hashable, Sendable {
  /// The text is not JSON.
  case notJSON(JSONError)
  /// The text is JSON, of this kind, but no envelope of the five forms.
  case notAnEnvelope(JSONKind)
}

extension MessageScanError: CustomStringConvertible {
  /// One sentence part for people.
  public var description: String {
    switch self {
    case .notJSON(let error): "not JSON: \(error)"
    case .notAnEnvelope(.array): "an array that is no frame of the protocol"
    case .notAnEnvelope(let kind): "no frame of the protocol: \(kind)"
    }
  }
}

/// The fields that a scan notes.
private enum Field {
  case type, recordName, inst, branch, updates, updateID, initial, timestamps, success, errorCode
  case other

  @inline(__always)
  init(_ name: JSONStringRange, in text: UnsafeRawBufferPointer) {
    guard !name.hasEscapes else {
      self = Self.named.first { name.equals($0.0, in: text) }?.1 ?? .other
      return
    }
    switch name.count {
    case 4 where name.equals("type", in: text): self = .type
    case 4 where name.equals("inst", in: text): self = .inst
    case 6 where name.equals("branch", in: text): self = .branch
    case 7 where name.equals("updates", in: text): self = .updates
    case 7 where name.equals("initial", in: text): self = .initial
    case 7 where name.equals("success", in: text): self = .success
    case 8 where name.equals("updateId", in: text): self = .updateID
    case 9 where name.equals("errorCode", in: text): self = .errorCode
    case 10 where name.equals("recordName", in: text): self = .recordName
    case 10 where name.equals("timestamps", in: text): self = .timestamps
    default: self = .other
    }
  }

  private static let named: [(StaticString, Field)] = [
    ("type", .type), ("recordName", .recordName), ("inst", .inst), ("branch", .branch),
    ("updates", .updates), ("updateId", .updateID), ("initial", .initial),
    ("timestamps", .timestamps), ("success", .success), ("errorCode", .errorCode),
  ]
}

extension JSONRange {
  /// The value, when it is a number from 0 to 255 and whole. Written as one digit, as it always is,
  /// it needs no reading.
  @inline(__always)
  fileprivate func int(at text: UnsafeRawBufferPointer) -> UInt8? {
    if kind == .number && count == 1 { return text[start] &- UInt8(ascii: "0") }
    return int(in: text).flatMap { UInt8(exactly: $0) }
  }
}
