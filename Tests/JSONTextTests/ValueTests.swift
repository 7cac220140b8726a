import JSONText
import Testing

@Suite("Trees and raw values")
struct ValueTests {
  @Test("literals make trees")
  func literals() throws {
    let value: JSONValue = ["a": [1, -2, 1.5, "x", true, .null], "b": [:], "c": []]
    #expect(value.description == #"{"a":[1,-2,1.5,"x",true,null],"b":{},"c":[]}"#)
    #expect(try JSONValue(parsing: value.description) == value)
  }

  @Test("look-ups find members and elements, and nil elsewhere")
  func lookups() {
    let value: JSONValue = ["a": [1, "x", true, .null, 2.5], "o": ["i": 7]]
    #expect(value["a"]?[0]?.intValue == 1)
    #expect(value["a"]?[1]?.stringValue == "x")
    #expect(value["a"]?[2]?.boolValue == true)
    #expect(value["a"]?[3] == .null)
    #expect(value["a"]?[4]?.doubleValue == 2.5)
    #expect(value["a"]?[5] == nil)
    #expect(value["a"]?[-1] == nil)
    #expect(value["a"]?.arrayValue?.count == 5)
    #expect(value["o"]?.objectValue == [JSONMember(name: "i", value: 7)])
    #expect(value["o"]?["i"]?.intValue == 7)
    #expect(value["z"] == nil)
    #expect(value[0] == nil)
    #expect(value["a"]?["a"] == nil)
    for other in [JSONValue.null, true, 1, "s", [], [:]] {
      #expect((other.boolValue != nil) == (other.kind == .boolean))
      #expect((other.intValue != nil) == (other.kind == .number))
      #expect((other.stringValue != nil) == (other.kind == .string))
      #expect((other.arrayValue != nil) == (other.kind == .array))
      #expect((other.objectValue != nil) == (other.kind == .object))
    }
  }

  @Test("of repeated names all members are kept and the last is found")
  func repeatedNames() throws {
    let text = #"{"a":1,"b":2,"\u0061":3}"#
    let value = try JSONValue(parsing: text)
    #expect(value.objectValue?.map(\.name) == ["a", "b", "a"])
    #expect(value["a"] == 3)
    #expect(value.description == #"{"a":1,"b":2,"a":3}"#)
    #expect(try RawJSON(validating: text).description == text)
  }

  @Test("order, repetition and the writing of numbers count for equality")
  func equality() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"b":2}"#) == ["a": 1, "b": 2])
    #expect(try JSONValue(parsing: #"{"b":2,"a":1}"#) != ["a": 1, "b": 2])
    #expect(try JSONValue(parsing: "1.0") != 1)
    #expect(try JSONValue(parsing: #""\u0061""#) == "a")
  }

  @Test("numbers stay as they were written")
  func numbersAsWritten() throws {
    let text = "[1.50,1E+2,-0,12345678901234567890123,1e999,0.10e-0]"
    #expect(try JSONValue(parsing: text).description == text)
  }

  @Test("raw values stay as they were written, without the whitespace around")
  func rawValues() throws {
    let text = #"{ "a" : [1.0, "\u0061\/"] ,"a":null}"#
    let raw = try RawJSON(validating: " \n" + text + "\t ")
    #expect(raw.description == text)
    #expect(raw.bytes == Array(text.utf8))
    #expect(raw.kind == .object)
    #expect(raw.value["a"] == .null)
    #expect(try raw == RawJSON(validating: Array(text.utf8)))
    #expect(RawJSON(raw.value).description == #"{"a":[1.0,"a/"],"a":null}"#)
    let limit = JSONError(.tooDeep(limit: 1), at: 1)
    #expect(throws: limit) { try RawJSON(validating: "[[]]", maximumDepth: 1) }
  }

  @Test("raw values from Swift values")
  func rawFromValues() {
    #expect(RawJSON.null.description == "null")
    #expect(RawJSON.true.description == "true")
    #expect(RawJSON.false.description == "false")
    #expect(RawJSON(string: "a\"\n").description == #""a\"\n""#)
    #expect(RawJSON(number: -7).description == "-7")
    #expect(RawJSON(number: 7.0).description == "7")
    #expect(RawJSON(["a": 1]).value == ["a": 1])
  }

  @Test("a cursor copies a value raw")
  func readsRaw() throws {
    let raw = try withCursor(#"[ {"a": 1} ]"#) { (cursor, _) throws(JSONError) in
      try cursor.beginArray()
      _ = try cursor.nextElement()
      return try cursor.readRaw()
    }
    #expect(raw.description == #"{"a": 1}"#)
  }
}
