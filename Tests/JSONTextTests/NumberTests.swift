import JSONText
import Testing

@Suite("Numbers: as written, as Int, as Double")
struct NumberTests {
  static let integers: [(text: String, value: Int?)] = [
    ("0", 0), ("-0", 0), ("0.0", 0), ("-0e5", 0), ("0e999999999999999999999", 0), ("1", 1),
    ("-1", -1),
    ("5.0", 5), ("5.000000", 5), ("1e3", 1_000), ("1E+3", 1_000), ("1.5e1", 15), ("12.50e1", 125),
    ("1200e-2", 12), ("10e-1", 1), ("-1200.00e-2", -12), ("0.001e3", 1), ("100", 100), ("1e0", 1),
    ("9223372036854775807", .max), ("9223372036854775808", nil), ("-9223372036854775808", .min),
    ("-9223372036854775809", nil), ("9223372036854775807.0", .max),
    ("922337203685477580.7e1", .max),
    ("9.223372036854775807e18", .max), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
    ("99999999999999999999", nil), ("0.5", nil), ("1e-1", nil), ("1.5", nil), ("15e-2", nil),
    ("1e999999999999999999999999", nil), ("1e-999999999999999999999999", nil), ("-1e99", nil),
    ("1e9223372036854775807", nil), ("1e-9223372036854775808", nil), ("0.1e1", 1), ("100e-3", nil),
  ]

  @Test("is an Int exactly when it is whole and fits", arguments: integers)
  func reads(_ text: String, _ value: Int?) throws {
    #expect(JSONNumber(text)?.int == value)
    #expect(try JSONValue(parsing: text).intValue == value)
    let read = try withCursor(text) { (cursor, bytes) throws(JSONError) in
      try cursor.skipValue().int(in: bytes)
    }
    #expect(read == value)
  }

  @Test("is an Int however long it is written")
  func longNumbers() {
    let zeros = String(repeating: "0", count: 5_000)
    #expect(JSONNumber("7" + zeros + "e-5000")?.int == 7)
    #expect(JSONNumber("0." + zeros + "7e5001")?.int == 7)
    #expect(JSONNumber("7." + zeros)?.int == 7)
    #expect(JSONNumber("7." + zeros + "1")?.int == nil)
    #expect(JSONNumber("7" + zeros)?.int == nil)
  }

  static let doubles: [(text: String, value: Double)] = [
    ("0", 0), ("1.5", 1.5), ("-1.5", -1.5), ("1e3", 1_000), ("0.1", 0.1), ("1e-7", 1e-7),
    ("5E-324", .leastNonzeroMagnitude),
    ("1.7976931348623157e308", .greatestFiniteMagnitude), ("1e999", .infinity),
    ("-1e999", -.infinity),
    ("1e-999", 0), ("123456789012345678901234567890", 123_456_789_012_345_677_877_719_597_056),
  ]

  @Test("is the nearest Double", arguments: doubles)
  func readsDouble(_ text: String, _ value: Double) throws {
    #expect(JSONNumber(text)?.double == value)
    #expect(try JSONValue(parsing: text).doubleValue == value)
    let read = try withCursor(text) { (cursor, bytes) throws(JSONError) in
      try cursor.skipValue().double(in: bytes)
    }
    #expect(read == value)
  }

  @Test("other values are no numbers", arguments: ["null", "true", #""1""#, "[1]", #"{"1":1}"#])
  func otherKinds(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.intValue == nil)
    #expect(value.doubleValue == nil)
    try withCursor(text) { (cursor, bytes) throws(JSONError) in
      let range = try cursor.skipValue()
      #expect(range.int(in: bytes) == nil)
      #expect(range.double(in: bytes) == nil)
    }
  }

  @Test(
    "text that is not a number makes none",
    arguments: [
      "", " 1", "1 ", "01", "+1", "1.", ".1", "1e", "NaN", "inf", "0x1", "1,2", "null", "-",
    ])
  func notNumbers(_ text: String) {
    #expect(JSONNumber(text) == nil)
  }

  static let spellings: [(value: Double, text: String)] = [
    (0, "0"), (-0.0, "-0"), (5, "5"), (-5, "-5"), (0.1, "0.1"), (1.5, "1.5"), (1e21, "1e+21"),
    (.leastNonzeroMagnitude, "5e-324"), (123_456.75, "123456.75"), (.infinity, "null"),
    (-.infinity, "null"),
    (.nan, "null"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
  ]

  @Test(
    "a Double is written with the fewest digits, and null when it is none", arguments: spellings)
  func writesDouble(_ value: Double, _ text: String) throws {
    #expect(written { $0.number(value) } == text)
    #expect(JSONValue(value).description == text)
    #expect(RawJSON(number: value).description == text)
    if value.isFinite { #expect(try JSONValue(parsing: text).doubleValue == value) }
  }

  @Test("an Int is written digit by digit")
  func writesInt() {
    var values = [0, 1, -1, 9, 10, 99, 100, .max, .min, .max - 1, .min + 1]
    var power = 1
    for _ in 0..<18 {
      power *= 10
      values += [power - 1, power, power + 1, -power]
    }
    for value in values {
      #expect(written { $0.number(value) } == String(value))
      #expect(JSONValue(value).intValue == value)
      #expect(RawJSON(number: value).description == String(value))
    }
  }

  @Test("numbers are equal when written alike")
  func equality() {
    #expect(JSONNumber("1") == JSONNumber(1))
    #expect(JSONNumber("1") == 1)
    #expect(JSONNumber("1.0") != JSONNumber("1"))
    #expect(JSONNumber(1.0)?.text == "1")
    #expect(JSONNumber("1.50")?.description == "1.50")
  }
}
