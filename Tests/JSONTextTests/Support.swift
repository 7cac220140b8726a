import JSONText

/// SplitMix64: the same numbers from the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The error of a check, nil when it passes.
func failure(of text: [UInt8], maximumDepth: Int = 512) -> JSONError? {
  do throws(JSONError) {
    try JSON.validate(text, maximumDepth: maximumDepth)
    return nil
  } catch {
    return error
  }
}

/// A tree made by following the structure with the cursor's calls, one by one.
func walk(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
  try JSON.validateUTF8(bytes)
  var cursor = JSONCursor(bytes)
  let value = try walk(&cursor)
  try cursor.end()
  return value
}

private func walk(_ cursor: inout JSONCursor) throws(JSONError) -> JSONValue {
  switch try cursor.peekKind() {
  case .array:
    var elements: [JSONValue] = []
    try cursor.beginArray()
    while try cursor.nextElement() { elements.append(try walk(&cursor)) }
    return .array(elements)
  case .object:
    var members: [JSONMember] = []
    try cursor.beginObject()
    while let name = try cursor.nextKey() {
      let name = name.decoded(in: cursor.bytes)
      members.append(JSONMember(name: name, value: try walk(&cursor)))
    }
    return .object(members)
  case .string, .number, .boolean, .null:
    return try cursor.readRaw().value
  }
}

/// Calls `body` with a cursor over a text.
func withCursor<Result>(
  _ text: String, maximumDepth: Int = 512,
  _ body: (inout JSONCursor, UnsafeRawBufferPointer) throws(JSONError) -> Result
) throws(JSONError) -> Result {
  try Array(text.utf8).span.withUnsafeBytes { (bytes) throws(JSONError) in
    var cursor = JSONCursor(bytes, maximumDepth: maximumDepth)
    return try body(&cursor, bytes)
  }
}

/// The text that `body` writes.
func written(_ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter(capacity: 0)
  body(&writer)
  return String(decoding: writer.bytes, as: UTF8.self)
}
