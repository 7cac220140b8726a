import JSONText
import Testing

@Suite("Writing")
struct WriterTests {
  @Test("commas stand where they belong")
  func commas() throws {
    let text = written { writer in
      writer.beginArray()
      writer.beginObject()
      writer.endObject()
      writer.beginArray()
      writer.endArray()
      writer.number(1)
      writer.beginObject()
      writer.key("a")
      writer.null()
      writer.key(string: "b\"")
      writer.beginArray()
      writer.bool(true)
      writer.bool(false)
      writer.string("x")
      writer.number(1.5)
      writer.endArray()
      writer.key("c")
      writer.beginObject()
      writer.key("d")
      writer.raw(.null)
      writer.endObject()
      writer.literal(#""e":1,"f":2"#)
      writer.key("g")
      writer.value([1, ["h": []]])
      writer.endObject()
      writer.string("end")
      writer.endArray()
      writer.finishLine()
      writer.number(2)
    }
    #expect(
      text
        == #"[{},[],1,{"a":null,"b\"":[true,false,"x",1.5],"c":{"d":null},"e":1,"f":2,"g":[1,{"h":[]}]},"end"]"#
        + "\n2")
  }

  static let escapes: [(string: String, text: String)] = [
    ("", #""""#), ("abc", #""abc""#), ("\"\\/", #""\"\\/""#),
    ("\u{8}\t\n\u{c}\r", #""\b\t\n\f\r""#),
    ("\u{0}\u{1}\u{b}\u{1f}", #""\u0000\u0001\u000b\u001f""#), ("\u{7e}\u{7f}", #""~\u007f""#),
    ("\u{80}\u{85}\u{9b}\u{9f}\u{a0}", "\"\\u0080\\u0085\\u009b\\u009f\u{a0}\""),
    ("\u{2027}\u{2028}\u{2029}\u{202a}", "\"\u{2027}\\u2028\\u2029\u{202a}\""),
    ("é€😀", #""é€😀""#), ("a\u{1b}[31mé\u{9b}b", #""a\u001b[31mé\u009bb""#),
    ("é\"é\\é\n", #""é\"é\\é\n""#), ("\u{FEFF}\u{FFFF}", "\"\u{FEFF}\u{FFFF}\""),
  ]

  @Test("strings are escaped where they must be or a terminal could be hurt", arguments: escapes)
  func escapesStrings(_ string: String, _ text: String) throws {
    #expect(written { $0.string(string) } == text)
    #expect(written { $0.key(string: string) } == text + ":")
    #expect(try JSONValue(parsing: text) == .string(string))
  }

  /// Eight bytes are looked at together: each character must count at each place.
  @Test("characters are escaped the same at every place")
  func escapesAtEveryPlace() {
    let scalars =
      (0...0x17F).compactMap { Unicode.Scalar($0) } + [
        "\u{2027}", "\u{2028}", "\u{2029}", "\u{202A}",
      ]
    for scalar in scalars {
      let isEscaped =
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || ["\"", "\\", "\u{2028}", "\u{2029}"].contains(scalar)
      for place in 0..<18 {
        let before = String(repeating: "a", count: place)
        let string = before + String(scalar) + "é\u{7f}"
        let text = written { $0.string(string) }
        let unchanged = "\"" + before + String(scalar) + #"é\u007f""#
        #expect(
          (text == unchanged) == !isEscaped, "U+\(String(scalar.value, radix: 16)) at \(place)")
        #expect((try? JSONValue(parsing: text)) == .string(string))
      }
    }
  }

  static let passages: [(text: String, line: String)] = [
    ("1", "1"), ("[1, 2]", "[1, 2]"), ("[1,\n  2\r\n]", "[1,  2]"), ("{\t\"a\":\t1}", #"{"a":1}"#),
    (#"["\n\u2028\ud800\/"]"#, #"["\n\u2028\ud800\/"]"#), ("[1.0,1E5]", "[1.0,1E5]"),
    ("\"\u{7f}\"", #""\u007f""#),
    ("\"a\u{9b}31m\u{2028}\u{2029}é😀\"", #""a\u009b31m\u2028\u2029é😀""#),
    ("{\"\u{85}\":\n\"é\"\n}", #"{"\u0085":"é"}"#), ("[\"é\",\"é\\\"\"]", "[\"é\",\"é\\\"\"]"),
    ("[\n\n\n\n\n\n\n\n\n\n]", "[]"), (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
  ]

  @Test("values pass through as they came, on one line and harmless", arguments: passages)
  func passThrough(_ text: String, _ line: String) throws {
    let raw = try RawJSON(validating: text)
    #expect(written { $0.passThrough(raw) } == line)
    let bytes = Array(text.utf8)
    let isPlain = try withCursor(text) { (cursor, _) throws(JSONError) in
      try cursor.skipValue()
      return cursor.isPlain
    }
    if isPlain { #expect(line == text) }
    let between = written { writer in
      bytes.withUnsafeBytes { bytes in
        writer.beginArray()
        writer.passThrough(bytes)
        writer.passThrough(bytes, isPlain: isPlain)
        writer.endArray()
      }
    }
    #expect(between == "[\(line),\(line)]")
    #expect(written { $0.raw(raw) } == text)
  }

  @Test("cut-off UTF-8 is copied, never read beyond its end")
  func truncatedUTF8() {
    for bytes in [[0xC2], [0xE2], [0xE2, 0x80], [0xFF]] as [[UInt8]] {
      var writer = JSONWriter()
      bytes.withUnsafeBytes { writer.string(utf8: $0) }
      #expect(writer.bytes == [0x22] + bytes + [0x22])
    }
  }

  @Test("the memory grows as needed and is used again")
  func memory() {
    var writer = JSONWriter(capacity: 0)
    let long = String(repeating: "é\n", count: 10_000)
    for _ in 0..<3 {
      writer.beginArray()
      for number in 0..<1_000 { writer.number(number) }
      writer.string(long)
      writer.endArray()
      let text = String(decoding: writer.bytes, as: UTF8.self)
      let expected = (0..<1_000).map(String.init).joined(separator: ",")
      let escaped = String(repeating: #"é\n"#, count: 10_000)
      #expect(text == "[\(expected),\"\(escaped)\"]")
      #expect(writer.count == text.utf8.count)
      #expect(writer.withUnsafeBytes { Array($0) } == writer.bytes)
      writer.removeAll()
      #expect(writer.count == 0)
      #expect(writer.bytes.isEmpty)
    }
    writer.number(1)
    writer.removeAll(keepingCapacity: false)
    writer.number(2)
    #expect(writer.bytes == Array("2".utf8))
  }
}
