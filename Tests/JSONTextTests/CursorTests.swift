import JSONText
import Testing

@Suite("Moving over a text with the cursor")
struct CursorTests {
  @Test("picks fields out of a message")
  func picksFields() throws {
    let text =
      #" [1, -1 ,{"type":"repo/add_updates","recordName":null,"x":{"y":[1,{}]},"updates":["AA==","BB=="],"initial":true}] "#
    try withCursor(text) { (cursor, bytes) throws(JSONError) in
      func string(_ range: JSONRange) -> String {
        String(decoding: range.bytes(in: bytes), as: UTF8.self)
      }
      try cursor.beginArray()
      #expect(try cursor.nextElement())
      #expect(try cursor.readNumber().int(in: bytes) == 1)
      #expect(try cursor.nextElement())
      #expect(try cursor.readNumber().int(in: bytes) == -1)
      #expect(try cursor.nextElement())
      #expect(try cursor.peekKind() == .object)
      try cursor.beginObject()
      #expect(cursor.depth == 2)
      var names: [String] = []
      var values: [String] = []
      while let name = try cursor.nextKey() {
        names.append(name.decoded(in: bytes))
        values.append(string(try cursor.skipValue()))
      }
      #expect(names == ["type", "recordName", "x", "updates", "initial"])
      #expect(
        values == [
          #""repo/add_updates""#, "null", #"{"y":[1,{}]}"#, #"["AA==","BB=="]"#, "true",
        ])
      #expect(try !cursor.nextElement())
      #expect(cursor.depth == 0)
      try cursor.end()
      #expect(cursor.position == bytes.count)
    }
  }

  @Test(
    "knows the kind and the range of every value",
    arguments: [
      ("null", JSONKind.null), ("true", .boolean), ("false", .boolean), ("-1.5e3", .number),
      (#""a""#, .string), ("[1,[2]]", .array), (#"{"a":{"b":1}}"#, .object),
    ])
  func kinds(_ value: String, _ kind: JSONKind) throws {
    try withCursor("  " + value + "  ") { (cursor, bytes) throws(JSONError) in
      #expect(try cursor.peekKind() == kind)
      #expect(try cursor.peekKind() == kind)
      let range = try cursor.skipValue()
      #expect(range == JSONRange(kind: kind, start: 2, end: 2 + value.utf8.count))
      #expect(range.count == value.utf8.count)
      #expect((range.string != nil) == (kind == .string))
      try cursor.end()
    }
    #expect(try JSONValue(parsing: value).kind == kind)
    #expect(try RawJSON(validating: value).kind == kind)
  }

  @Test("reads each kind of value, and refuses the others")
  func reads() throws {
    #expect(try withCursor("true") { (cursor, _) throws(JSONError) in try cursor.readBool() })
    #expect(try !withCursor("false") { (cursor, _) throws(JSONError) in try cursor.readBool() })
    try withCursor("null") { (cursor, _) throws(JSONError) in try cursor.readNull() }
    let name = try withCursor(#" "a\n" "#) { (cursor, _) throws(JSONError) in
      try cursor.readString()
    }
    #expect(name == JSONStringRange(hasEscapes: true, start: 2, end: 5))
    #expect(name.count == 3)
    let wrong = JSONError(.unexpectedByte(0x31), at: 1)
    #expect(throws: wrong) { try withCursor(" 1") { (c, _) throws(JSONError) in try c.readBool() } }
    #expect(throws: wrong) { try withCursor(" 1") { (c, _) throws(JSONError) in try c.readNull() } }
    #expect(throws: wrong) {
      try withCursor(" 1") { (c, _) throws(JSONError) in try c.readString() }
    }
    #expect(throws: wrong) {
      try withCursor(" 1") { (c, _) throws(JSONError) in try c.beginArray() }
    }
    #expect(throws: wrong) {
      try withCursor(" 1") { (c, _) throws(JSONError) in try c.beginObject() }
    }
    #expect(throws: JSONError(.unexpectedByte(0x5B), at: 0)) {
      try withCursor("[1]") { (c, _) throws(JSONError) in try c.readNumber() }
    }
    #expect(throws: JSONError(.unexpectedByte(0x78), at: 0)) {
      try withCursor("x") { (c, _) throws(JSONError) in try c.peekKind() }
    }
  }

  @Test("a copy is a place to return to")
  func returnsToCopy() throws {
    try withCursor(#"{"a":[1,2],"b":3}"#) { (cursor, bytes) throws(JSONError) in
      try cursor.beginObject()
      _ = try cursor.nextKey()
      var copy = cursor
      let range = try cursor.skipValue()
      #expect(try copy.skipValue() == range)
      #expect(try copy.nextKey()?.equals("b", in: bytes) == true)
    }
  }

  @Test("the end is the end: nothing may follow, nothing may be open")
  func end() throws {
    #expect(throws: JSONError(.trailingText, at: 2)) {
      try withCursor("1 2") { (cursor, _) throws(JSONError) in
        try cursor.skipValue()
        try cursor.end()
      }
    }
    #expect(throws: JSONError(.unexpectedEnd, at: 2)) {
      try withCursor("[1") { (cursor, _) throws(JSONError) in
        try cursor.beginArray()
        _ = try cursor.nextElement()
        try cursor.skipValue()
        try cursor.end()
      }
    }
  }

  @Test("no order of calls leaves the text, whatever the text", arguments: 0..<50 as Range<UInt64>)
  func anyOrderOfCalls(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array(#"[[]]{{}}"",,::\u00e12-.e tfn"#.utf8)
    for _ in 0..<40 {
      let length = Int.random(in: 0..<40, using: &generator)
      let text = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      text.withUnsafeBytes { bytes in
        var cursor = JSONCursor(bytes, maximumDepth: 3)
        for _ in 0..<60 {
          do throws(JSONError) {
            switch Int.random(in: 0..<11, using: &generator) {
            case 0: _ = try cursor.peekKind()
            case 1: try cursor.beginArray()
            case 2: _ = try cursor.nextElement()
            case 3: try cursor.beginObject()
            case 4: _ = try cursor.nextKey()
            case 5: try cursor.skipValue()
            case 6: _ = try cursor.readString()
            case 7: _ = try cursor.readNumber()
            case 8: _ = try cursor.readBool()
            case 9: _ = try cursor.readValue()
            default: try cursor.end()
            }
          } catch {
            #expect(error.offset <= text.count, "seed \(seed)")
          }
          #expect(cursor.position <= text.count, "seed \(seed)")
        }
      }
    }
  }

  static let flags: [(text: String, breaks: Bool, nonASCII: Bool, plain: Bool)] = [
    ("[1, 2]", false, false, true), ("[1,\n2]", true, false, false),
    ("[1,\r2]", true, false, false),
    ("[1,\t2]", true, false, false), ("1\n", true, false, false),
    (#"["\n\u0000"]"#, false, false, true),
    (#"["é"]"#, false, true, false), (#"["abcdefghijklmné"]"#, false, true, false),
    ("\"\u{7f}\"", false, false, false), ("\"abcdefg\u{7f}hijkl\"", false, false, false),
    ("\"~}|\"", false, false, true), (#"["~~~~~~~~~~~~~~~~~~~~"]"#, false, false, true),
    (#"{"é":1}"#, false, true, false),
  ]

  @Test("says whether text can be passed through as it is", arguments: flags)
  func tellsWhatToPass(_ text: String, _ breaks: Bool, _ nonASCII: Bool, _ plain: Bool) throws {
    try withCursor(text) { (cursor, _) throws(JSONError) in
      try cursor.skipValue()
      try cursor.end()
      #expect(cursor.sawBreak == breaks)
      #expect(cursor.sawNonASCII == nonASCII)
      #expect(cursor.isPlain == plain)
    }
  }

  @Test("is plain up to the place it has reached", arguments: 0..<24)
  func flagsAtEveryPlace(_ place: Int) throws {
    let padding = String(repeating: "a", count: place)
    try withCursor("[\"\(padding)\",\"\(padding)\u{7f}\"]") { (cursor, _) throws(JSONError) in
      try cursor.beginArray()
      _ = try cursor.nextElement()
      try cursor.skipValue()
      #expect(cursor.isPlain)
      _ = try cursor.nextElement()
      try cursor.skipValue()
      #expect(!cursor.isPlain)
      #expect(!cursor.sawNonASCII)
    }
  }
}
