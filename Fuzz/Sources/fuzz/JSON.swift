import JSONText

/// All readers agree on what is JSON, where it is not, and what it says; what is written reads back.
///
/// The input is the text.
func fuzzJSON(_ text: UnsafeRawBufferPointer) {
  for depth in [JSON.defaultMaximumDepth, 3] {
    let check = result { () throws(JSONError) in try JSON.validate(text, maximumDepth: depth) }
    let tree = result { () throws(JSONError) in try JSONValue(parsing: text, maximumDepth: depth) }
    let walked = result { () throws(JSONError) in try walk(text, maximumDepth: depth) }
    let raw = result { () throws(JSONError) in try RawJSON(validating: text, maximumDepth: depth) }

    require(tree.failure == check.failure, "a tree: \(tree), a check: \(check)")
    require(raw.failure == check.failure, "raw: \(raw), a check: \(check)")
    require(walked == tree, "a walk: \(walked), a tree: \(tree)")
    if let error = check.failure {
      require((0...text.count).contains(error.offset), "an error at \(error.offset)")
    }
    guard let value = tree.value, let raw = raw.value else { continue }
    require(raw.value == value && raw.kind == value.kind, "raw: \(raw), a tree: \(value)")
    checkWriting(value, raw)
  }
}

/// A tree made by following the structure with the cursor's calls, one by one.
private func walk(
  _ text: UnsafeRawBufferPointer, maximumDepth: Int
) throws(JSONError) -> JSONValue {
  try JSON.validateUTF8(text)
  var cursor = JSONCursor(text, maximumDepth: maximumDepth)
  let value = try walk(&cursor)
  try cursor.end()
  checkPlain(cursor)
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
      members.append(
        JSONMember(name: decoded(name, in: cursor.bytes), value: try walk(&cursor)))
    }
    return .object(members)
  case .string, .number, .boolean, .null: return scalar(try cursor.skipValue(), in: cursor.bytes)
  }
}

private func scalar(_ range: JSONRange, in text: UnsafeRawBufferPointer) -> JSONValue {
  if let string = range.string { return .string(decoded(string, in: text)) }
  let value = RawJSON(scanned: range.bytes(in: text)).value
  require(range.int(in: text) == value.intValue, "the whole number \(value)")
  require(range.double(in: text) == value.doubleValue, "the number \(value)")
  return value
}

/// The string, after a look whether comparing it comes to the same.
private func decoded(_ range: JSONStringRange, in text: UnsafeRawBufferPointer) -> String {
  let string = range.decoded(in: text)
  var utf8 = Array(string.utf8)
  require(
    utf8.withUnsafeBytes { range.equals(utf8: $0, in: text) }, "\(string) equals what it decodes to"
  )
  utf8.append(UInt8(ascii: "x"))
  require(!utf8.withUnsafeBytes { range.equals(utf8: $0, in: text) }, "\(string) is not longer")
  return string
}

/// Walking and skipping see the same, and what they call plain passes through as it is.
private func checkPlain(_ walked: JSONCursor) {
  var skipped = JSONCursor(walked.bytes)
  mustSucceed("skipping what was walked") { () throws(JSONError) in
    try skipped.skipValue()
    try skipped.end()
  }
  require(skipped.isPlain == walked.isPlain, "walked: \(walked.isPlain), skipped: not")
  require(skipped.sawBreak == walked.sawBreak, "a break walked: \(walked.sawBreak), skipped: not")
  require(
    skipped.sawNonASCII == walked.sawNonASCII,
    "non-ASCII walked: \(walked.sawNonASCII), skipped: not"
  )
  if walked.isPlain {
    let line = written { $0.passThrough(walked.bytes) }
    require(line.elementsEqual(walked.bytes), "plain, but passes as \(line)")
  }
}

private func checkWriting(_ value: JSONValue, _ raw: RawJSON) {
  let text = written { $0.value(value) }
  checkLine(text, value)
  require(written { $0.passThrough(RawJSON(value)) } == text, "what is written passes as it is")
  let line = written { $0.passThrough(raw) }
  checkLine(line, value)
  let again = mustSucceed("a line") { () throws(JSONError) in try RawJSON(validating: line) }
  require(written { $0.passThrough(again) } == line, "what has passed passes as it is")
}

/// The text is one line that means the value, and harmless to a terminal.
private func checkLine(_ line: [UInt8], _ value: JSONValue) {
  let read = mustSucceed("a line") { () throws(JSONError) in try JSONValue(parsing: line) }
  require(written { $0.value(read) } == written { $0.value(value) }, "\(read), not \(value)")
  for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
    let isHarmless =
      scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar != "\u{2028}"
      && scalar != "\u{2029}"
    require(isHarmless, "U+\(String(scalar.value, radix: 16)) in a line")
  }
}

/// The bytes that writing gives.
func written<Failure: Error>(
  _ write: (inout JSONWriter) throws(Failure) -> Void
) throws(Failure) -> [UInt8] {
  var writer = JSONWriter(capacity: 0)
  try write(&writer)
  return writer.bytes
}
