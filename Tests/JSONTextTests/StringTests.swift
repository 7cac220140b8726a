import JSONText
import Testing

@Suite("Strings: decoding and comparing")
struct StringTests {
  static let decodings: [(text: String, string: String)] = [
    (#""""#, ""), (#""abc""#, "abc"), (#""é€😀""#, "é€😀"),
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""a\u0041b""#, "aAb"),
    (#""\u0000""#, "\u{0}"), (#""\u00e9\u00E9""#, "éé"), (#""\u20ac""#, "€"),
    (#""\ud83d\ude00""#, "😀"), (#""x\uD83D\uDE00y""#, "x😀y"), (#""\uFFFF""#, "\u{FFFF}"),
    (#""\udbff\udfff""#, "\u{10FFFF}"), (#""\\u0041""#, "\\u0041"),
    // Surrogates without their partner.
    (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
    (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
    (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
    (#""\ud83d\\ude00""#, "\u{FFFD}\\ude00"),
  ]

  @Test("escapes stand for characters", arguments: decodings)
  func decodes(_ text: String, _ string: String) throws {
    #expect(try JSONValue(parsing: text) == .string(string))
    try withCursor(text) { (cursor, bytes) throws(JSONError) in
      let range = try cursor.readString()
      #expect(range.decoded(in: bytes).unicodeScalars.elementsEqual(string.unicodeScalars))
      #expect(range.equals(string: string, in: bytes))
      #expect(!range.equals(string: string + "x", in: bytes))
      #expect(!range.equals(string: "x" + string, in: bytes))
      if !string.isEmpty {
        let shorter = String(String.UnicodeScalarView(string.unicodeScalars.dropLast()))
        #expect(!range.equals(string: shorter, in: bytes))
      }
      var utf8: [UInt8] = [1]
      range.appendDecoded(in: bytes, to: &utf8)
      #expect(utf8 == [1] + Array(string.utf8))
    }
  }

  @Test("compares names with literals, escaped or not")
  func comparesLiterals() throws {
    let text =
      #"["updates","up\u0064ates","updatez","update","updates1","","repo/add_updates","repo\/add_updates","repo/add_updateX"]"#
    let ranges = try withCursor(text) { (cursor, bytes) throws(JSONError) in
      var found: [(updates: Bool, add: Bool, empty: Bool)] = []
      try cursor.beginArray()
      while try cursor.nextElement() {
        let range = try cursor.readString()
        found.append(
          (
            range.equals("updates", in: bytes), range.equals("repo/add_updates", in: bytes),
            range.equals("", in: bytes)
          ))
      }
      return found
    }
    #expect(
      ranges.map(\.updates) == [true, true, false, false, false, false, false, false, false])
    #expect(ranges.map(\.add) == [false, false, false, false, false, false, true, true, false])
    #expect(ranges.map(\.empty) == [false, false, false, false, false, true, false, false, false])
  }

  @Test("compares every byte of a long string", arguments: 0..<20)
  func comparesEveryByte(_ length: Int) throws {
    let content = String("abcdefghijklmnopqrstuvwxyz".prefix(length))
    try withCursor("\"\(content)\"") { (cursor, bytes) throws(JSONError) in
      let range = try cursor.readString()
      #expect(range.equals(string: content, in: bytes))
      for place in 0..<length {
        var other = Array(content.utf8)
        other[place] = 0x2A
        #expect(!range.equals(string: String(decoding: other, as: UTF8.self), in: bytes))
      }
    }
  }

  @Test("does not take strings for equal that only look alike")
  func noNormalisation() throws {
    let text = #"{"e\u0301":1,"é":2}"#
    try withCursor(text) { (cursor, bytes) throws(JSONError) in
      try cursor.beginObject()
      let first = try cursor.nextKey()
      #expect(first?.equals(string: "e\u{301}", in: bytes) == true)
      #expect(first?.equals(string: "\u{e9}", in: bytes) == false)
    }
    let value = try JSONValue(parsing: text)
    #expect(value["e\u{301}"] == 1)
    #expect(value["\u{e9}"] == 2)
  }

  @Test(
    "a range over anything at all is decoded without a trap", arguments: 0..<20 as Range<UInt64>)
  func decodesAnything(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array(#"\\\\uuDd8c0zé"#.utf8)
    for _ in 0..<100 {
      let length = Int.random(in: 0..<20, using: &generator)
      let bytes = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      bytes.withUnsafeBytes { bytes in
        let range = JSONStringRange(hasEscapes: true, start: 0, end: length)
        let string = range.decoded(in: bytes)
        #expect(string.utf8.count <= 3 * length, "seed \(seed)")
      }
    }
  }
}
