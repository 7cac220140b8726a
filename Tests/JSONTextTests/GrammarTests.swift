import JSONText
import Testing

@Suite("The grammar of RFC 8259")
struct GrammarTests {
  static let valid: [String] = [
    // Literals, at top level and with each kind of whitespace around.
    "null", "true", "false", " null", "null ", "\tnull\n", "\r\n true \r\n",
    " \t\n\r[ \t\n\r] \t\n\r",
    // Numbers.
    "0", "-0", "1", "-1", "10", "123456789012345678901234567890", "0.0", "-0.0", "0.5", "10.25",
    "1e0", "1E0", "1e+0", "1e-0", "0e1", "0E+01", "1e999", "-1e-999", "1.5e10", "1.5E-10", "1e00",
    "100000000000000000000000000000000000000000000000000000000000000000000001",
    // Strings.
    #""""#, #"" ""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\u00E9""#,
    #""\ud83d\ude00""#, #""\uD800""#, #""\uDC00\uD800""#, #""\uFFFF""#, "\"\u{7f}\"", "\"é€😀\"",
    "\"\u{80}\u{2028}\u{2029}\u{FEFF}\u{10FFFF}\"", #""/*no comment*/""#, #""[{,:}]""#,
    // Arrays.
    "[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[[[[]]]]",
    "[null,true,\"\",{},[]]",
    // Objects; names may repeat and be empty.
    "{}", "{ }", #"{"a":1}"#, #"{ "a" : 1 , "b" : 2 }"#, #"{"":0}"#, #"{"a":1,"a":2}"#,
    #"{"a":{"b":[{"c":{}}]}}"#, #"{"\u0061":1}"#, "[{},{}]", #"{"a":[]}"#,
  ]

  @Test("accepts", arguments: valid)
  func accepts(_ text: String) throws {
    try JSON.validate(Array(text.utf8))
    _ = try JSONValue(parsing: text)
    _ = try Array(text.utf8).withUnsafeBytes { try walk($0) }
  }

  static let invalid: [(text: String, kind: JSONError.Kind, offset: Int)] = [
    // Nothing there.
    ("", .unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("\n\t\r ", .unexpectedEnd, 4),
    // Literals.
    ("n", .unexpectedEnd, 1), ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedByte(0x4C), 3),
    ("tru", .unexpectedEnd, 3), ("truE", .unexpectedByte(0x45), 3), ("fals", .unexpectedEnd, 4),
    ("True", .unexpectedByte(0x54), 0), ("NULL", .unexpectedByte(0x4E), 0),
    ("nulls", .trailingText, 4), ("undefined", .unexpectedByte(0x75), 0),
    ("[nul]", .unexpectedByte(0x5D), 4), ("[falsey]", .unexpectedByte(0x79), 6),
    // Numbers.
    ("-", .unexpectedEnd, 1), ("[-]", .invalidNumber, 2), ("--1", .invalidNumber, 1),
    ("+1", .unexpectedByte(0x2B), 0), ("01", .invalidNumber, 1), ("-01", .invalidNumber, 2),
    ("00", .invalidNumber, 1), ("[012]", .invalidNumber, 2), (".5", .unexpectedByte(0x2E), 0),
    ("-.5", .invalidNumber, 1), ("1.", .unexpectedEnd, 2), ("[1.]", .invalidNumber, 3),
    ("1.e1", .invalidNumber, 2), ("1e", .unexpectedEnd, 2), ("1E+", .unexpectedEnd, 3),
    ("[1e-]", .invalidNumber, 4), ("1e1.5", .trailingText, 3), ("1e+-1", .invalidNumber, 3),
    ("0x10", .trailingText, 1), ("1_000", .trailingText, 1), ("1 000", .trailingText, 2),
    ("NaN", .unexpectedByte(0x4E), 0), ("-NaN", .invalidNumber, 1),
    ("Infinity", .unexpectedByte(0x49), 0), ("-Infinity", .invalidNumber, 1),
    ("1f", .trailingText, 1), ("１", .unexpectedByte(0xEF), 0),
    // Strings.
    ("\"", .unexpectedEnd, 1), ("\"abc", .unexpectedEnd, 4), ("\"abcdefghijk", .unexpectedEnd, 12),
    ("'a'", .unexpectedByte(0x27), 0), ("a", .unexpectedByte(0x61), 0),
    ("\"\n\"", .controlCharacterInString, 1), ("\"a\tb\"", .controlCharacterInString, 2),
    ("\"\u{0}\"", .controlCharacterInString, 1), ("\"\u{1f}\"", .controlCharacterInString, 1),
    (#""\"#, .unexpectedEnd, 2), (#""\""#, .unexpectedEnd, 3), (#""\a""#, .invalidEscape, 1),
    (#""\x41""#, .invalidEscape, 1), (#""\'""#, .invalidEscape, 1), (#""\0""#, .invalidEscape, 1),
    (#""\U0041""#, .invalidEscape, 1), (#""\u""#, .invalidEscape, 1),
    (#""\u004""#, .invalidEscape, 1),
    (#""\u004"#, .unexpectedEnd, 6), (#""\u00g0""#, .invalidEscape, 1),
    (#""\u-123""#, .invalidEscape, 1), (#""ab\u 123""#, .invalidEscape, 3),
    (#""\uD83D\u00""#, .invalidEscape, 7), ("\"\\é\"", .invalidEscape, 1),
    ("\"\\\u{0}\"", .invalidEscape, 1), ("\"a\" \"b\"", .trailingText, 4),
    // Arrays.
    ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
    ("[1,]", .unexpectedByte(0x5D), 3), ("[,1]", .unexpectedByte(0x2C), 1),
    ("[,]", .unexpectedByte(0x2C), 1), ("[1,,2]", .unexpectedByte(0x2C), 3),
    ("[1 2]", .unexpectedByte(0x32), 3), ("[1}", .unexpectedByte(0x7D), 2),
    ("]", .unexpectedByte(0x5D), 0), ("[]]", .trailingText, 2), ("[1:2]", .unexpectedByte(0x3A), 2),
    ("[\"a\":1]", .unexpectedByte(0x3A), 4), ("[[1]", .unexpectedEnd, 4),
    // Objects.
    ("{", .unexpectedEnd, 1), (#"{"a"#, .unexpectedEnd, 3), (#"{"a""#, .unexpectedEnd, 4),
    (#"{"a":"#, .unexpectedEnd, 5), (#"{"a":1"#, .unexpectedEnd, 6),
    (#"{"a":1,"#, .unexpectedEnd, 7),
    (#"{"a":1,}"#, .unexpectedByte(0x7D), 7), ("{,}", .unexpectedByte(0x2C), 1),
    (#"{,"a":1}"#, .unexpectedByte(0x2C), 1), (#"{"a"}"#, .unexpectedByte(0x7D), 4),
    (#"{"a":}"#, .unexpectedByte(0x7D), 5), (#"{"a" 1}"#, .unexpectedByte(0x31), 5),
    (#"{"a"::1}"#, .unexpectedByte(0x3A), 5), (#"{"a":1:2}"#, .unexpectedByte(0x3A), 6),
    (#"{"a":1 "b":2}"#, .unexpectedByte(0x22), 7), (#"{"a":1,,"b":2}"#, .unexpectedByte(0x2C), 7),
    ("{a:1}", .unexpectedByte(0x61), 1), ("{1:1}", .unexpectedByte(0x31), 1),
    ("{null:1}", .unexpectedByte(0x6E), 1), ("{'a':1}", .unexpectedByte(0x27), 1),
    (#"{"a":1]"#, .unexpectedByte(0x5D), 6), ("{[]:1}", .unexpectedByte(0x5B), 1),
    ("{}}", .trailingText, 2), ("{}{}", .trailingText, 2), (#"{"a":1}x"#, .trailingText, 7),
    // Comments, and what only looks like whitespace.
    ("/**/1", .unexpectedByte(0x2F), 0), ("1//", .trailingText, 1),
    ("[1/*,*/]", .unexpectedByte(0x2F), 2),
    ("#\n1", .unexpectedByte(0x23), 0), ("\u{c}1", .unexpectedByte(0x0C), 0),
    ("\u{b}1", .unexpectedByte(0x0B), 0), ("[\u{c}]", .unexpectedByte(0x0C), 1),
    ("\u{a0}1", .unexpectedByte(0xC2), 0), ("[\u{2028}]", .unexpectedByte(0xE2), 1),
    ("\u{0}", .unexpectedByte(0), 0), ("1\u{0}", .trailingText, 1),
    ("[\u{0}]", .unexpectedByte(0), 1),
    // Byte order marks.
    ("\u{FEFF}1", .byteOrderMark, 0), ("\u{FEFF}", .byteOrderMark, 0),
    ("1\u{FEFF}", .trailingText, 1), (" \u{FEFF}1", .unexpectedByte(0xEF), 1),
  ]

  @Test("refuses, and says why and where", arguments: invalid)
  func refuses(_ text: String, _ kind: JSONError.Kind, _ offset: Int) {
    let expected = JSONError(kind, at: offset)
    #expect(failure(of: Array(text.utf8)) == expected)
    #expect(throws: expected) { try JSONValue(parsing: text) }
    #expect(throws: expected) { try RawJSON(validating: text) }
    #expect(throws: expected) { try Array(text.utf8).withUnsafeBytes { try walk($0) } }
  }

  @Test("refuses every text that is cut off, at its end")
  func refusesPrefixes() {
    let text = Array(
      #" {"a":[1.5e+3,-0,true,false,null,"x\"\u00e9é",{}],"b":{"c":[[]]},"ab":"abcdefghijklmnop"}"#
        .utf8)
    #expect(failure(of: text) == nil)
    for length in 0..<text.count {
      let prefix = Array(text[..<length])
      let error = failure(of: prefix)
      // A cut inside é is not UTF-8 any more.
      let isInsideCharacter = text[length] & 0xC0 == 0x80
      let kind: JSONError.Kind = isInsideCharacter ? .invalidUTF8 : .unexpectedEnd
      #expect(error?.kind == kind, "\(length)")
      if !isInsideCharacter { #expect(error?.offset == length) }
    }
  }

  static let invalidUTF8: [(bytes: [UInt8], offset: Int)] = [
    ([0x80], 1), ([0xBF], 1), ([0xC3], 1), ([0xC3, 0x28], 1), ([0xC0, 0x80], 1), ([0xC1, 0xBF], 1),
    ([0xE0, 0x80, 0x80], 1), ([0xE2, 0x82], 1), ([0xE2, 0x28, 0xA1], 1), ([0xED, 0xA0, 0x80], 1),
    ([0xED, 0xBF, 0xBF], 1), ([0xF0, 0x80, 0x80, 0x80], 1), ([0xF0, 0x9F, 0x98], 1),
    ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 1), ([0xFE], 1), ([0xFF], 1),
    ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xFF], 9), ([0xC3, 0xA9, 0xC3], 3),
  ]

  @Test("refuses strings that are not UTF-8", arguments: invalidUTF8)
  func refusesInvalidUTF8(_ content: [UInt8], _ offset: Int) {
    let text = [0x22] + content + [0x22]
    #expect(failure(of: text) == JSONError(.invalidUTF8, at: offset))
    #expect(throws: JSONError(.invalidUTF8, at: offset)) { try JSONValue(parsing: text) }
    #expect(throws: JSONError(.invalidUTF8, at: offset)) { try RawJSON(validating: text) }
  }

  @Test("refuses other encodings of Unicode")
  func refusesUTF16() {
    #expect(failure(of: [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00])?.kind == .invalidUTF8)
    #expect(failure(of: [0x00, 0x5B, 0x00, 0x5D]) == JSONError(.unexpectedByte(0), at: 0))
  }

  /// Eight bytes are looked at together: each byte must count at each place.
  @Test("treats every byte the same at every place in a string")
  func everyByteEverywhere() {
    for length in [1, 7, 8, 9, 15, 16, 17, 25] {
      for place in 0..<length {
        for byte in UInt8.min...0x7F {
          var content = [UInt8](repeating: 0x61, count: length)
          content[place] = byte
          let error = failure(of: [0x22] + content + [0x22])
          let context = "byte \(byte) at \(place) of \(length)"
          switch byte {
          case 0x22 where place == length - 1:
            #expect(error == JSONError(.trailingText, at: length + 1), "\(context)")
          case 0x22: #expect(error == JSONError(.trailingText, at: place + 2), "\(context)")
          case 0x5C where place == length - 1:
            #expect(error == JSONError(.unexpectedEnd, at: length + 2), "\(context)")
          case 0x5C: #expect(error == JSONError(.invalidEscape, at: place + 1), "\(context)")
          case ..<0x20:
            #expect(error == JSONError(.controlCharacterInString, at: place + 1), "\(context)")
          default: #expect(error == nil, "\(context)")
          }
        }
      }
    }
  }

  @Test(
    "refuses nesting beyond the limit and no less",
    arguments: [1, 2, 63, 64, 65, 66, 128, 512, 1_024])
  func depth(_ limit: Int) {
    let half = (limit + 1) / 2
    let opening = String(repeating: #"[{"a":"#, count: half)
    let closing = String(repeating: "}]", count: half)
    // Arrays alone, and arrays and objects in turns (an even number of levels).
    let arrays = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(failure(of: Array(arrays.utf8), maximumDepth: limit) == nil)
    let deeper = "[" + arrays + "]"
    let error = JSONError(.tooDeep(limit: limit), at: limit)
    #expect(failure(of: Array(deeper.utf8), maximumDepth: limit) == error)
    #expect(throws: error) { try JSONValue(parsing: deeper, maximumDepth: limit) }
    let mixed = Array((opening + "0" + closing).utf8)
    #expect(failure(of: mixed, maximumDepth: half * 2) == nil)
    #expect(failure(of: mixed, maximumDepth: half * 2 - 1)?.kind == .tooDeep(limit: half * 2 - 1))
  }

  @Test("nesting deeper than one word of levels keeps arrays and objects apart")
  func mixedDepth() {
    // 100 levels, arrays and objects in an irregular order, closed in the right and a wrong order.
    var generator = SeededGenerator(seed: 7)
    var opening = ""
    var closing: [String] = []
    for _ in 0..<100 {
      let isObject = Bool.random(using: &generator)
      opening += isObject ? #"{"a":"# : "["
      closing.insert(isObject ? "}" : "]", at: 0)
    }
    #expect(failure(of: Array((opening + "1" + closing.joined()).utf8)) == nil)
    for place in closing.indices {
      var wrong = closing
      wrong[place] = wrong[place] == "}" ? "]" : "}"
      let offset = opening.utf8.count + 1 + place
      let byte: UInt8 = wrong[place] == "}" ? 0x7D : 0x5D
      let text = Array((opening + "1" + wrong.joined()).utf8)
      #expect(failure(of: text) == JSONError(.unexpectedByte(byte), at: offset))
    }
  }

  @Test("a hundred thousand brackets are an error, not a crash")
  func manyBrackets() {
    let arrays = [UInt8](repeating: 0x5B, count: 100_000)
    let error = JSONError(.tooDeep(limit: 512), at: 512)
    #expect(failure(of: arrays) == error)
    #expect(throws: error) { try JSONValue(parsing: arrays) }
    let limit = JSON.greatestMaximumDepth
    #expect(failure(of: arrays, maximumDepth: .max) == JSONError(.tooDeep(limit: limit), at: limit))
    #expect(throws: JSONError(.tooDeep(limit: limit), at: limit)) {
      try JSONValue(parsing: arrays, maximumDepth: .max)
    }
    #expect(failure(of: Array("[]".utf8), maximumDepth: 0)?.kind == .tooDeep(limit: 0))
    #expect(failure(of: Array("1".utf8), maximumDepth: 0) == nil)
    #expect(failure(of: Array("[]".utf8), maximumDepth: -1)?.kind == .tooDeep(limit: -1))
  }

  @Test("errors say what and where")
  func descriptions() {
    let cases: [(JSONError.Kind, String)] = [
      (.unexpectedEnd, "the text ends too early at byte 3"),
      (.unexpectedByte(0x2C), #"unexpected "," at byte 3"#),
      (.unexpectedByte(0x1B), "unexpected byte 0x1B at byte 3"),
      (.unexpectedByte(0x00), "unexpected byte 0x00 at byte 3"),
      (.byteOrderMark, "a byte order mark instead of JSON at byte 3"),
      (.invalidNumber, "invalid number at byte 3"),
      (.invalidEscape, "invalid escape in a string at byte 3"),
      (.controlCharacterInString, "raw control character in a string at byte 3"),
      (.invalidUTF8, "invalid UTF-8 at byte 3"),
      (.tooDeep(limit: 9), "nested deeper than 9 levels at byte 3"),
      (.trailingText, "more text after the value at byte 3"),
    ]
    for (kind, text) in cases { #expect(JSONError(kind, at: 3).description == text) }
  }
}
