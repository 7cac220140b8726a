/// A number as it is written: JSON sets no limit to size and precision (RFC 8259 section 6), so only
/// the text keeps all of it.
///
/// Numbers are equal when their texts are: `1`, `1.0` and `1e0` are three.
public struct JSONNumber: Sendable, Hashable {
  /// The text, always a number by the grammar.
  public let text: String

  /// The number that `text` is, or nil when it is not exactly one.
  public init?(_ text: String) {
    var copy = text
    let isNumber = copy.withUTF8 { JSONNumber.isNumber(UnsafeRawBufferPointer($0)) }
    guard isNumber else { return nil }
    self.text = text
  }

  /// A whole number.
  public init(_ value: Int) {
    text = String(value)
  }

  /// The shortest text that reads back as `value`, whole numbers without `.0`. Nil for infinities
  /// and NaN, which JSON cannot say.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let text = value.description
    self.text = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A number that a cursor has found.
  init(scanned bytes: UnsafeRawBufferPointer) {
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// The value, if it is a whole number that fits: `5.0` and `1e3` do, `0.5` and `1e99` do not.
  public var int: Int? {
    var copy = text
    return copy.withUTF8 { wholeNumber(UnsafeRawBufferPointer($0)) }
  }

  /// The nearest `Double`: infinite when the number is beyond its range.
  public var double: Double { Double(text) ?? .nan }

  private static func isNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var cursor = JSONCursor(bytes)
    do throws(JSONError) {
      try cursor.scanNumber()
    } catch {
      return false
    }
    return cursor.position == bytes.count
  }
}

extension JSONNumber: CustomStringConvertible, ExpressibleByIntegerLiteral {
  /// The number as written.
  public var description: String { text }

  /// A whole number.
  public init(integerLiteral value: Int) {
    self.init(value)
  }
}

extension JSONRange {
  /// The value in the text that was scanned, if it is a whole number that fits in `Int`: `5.0` and
  /// `1e3` do, `0.5`, `1e99` and all other kinds of value do not.
  public func int(in text: UnsafeRawBufferPointer) -> Int? {
    guard kind == .number else { return nil }
    return wholeNumber(bytes(in: text))
  }

  /// The nearest `Double` to the number in the text that was scanned, infinite beyond its range. Nil
  /// for all other kinds of value.
  public func double(in text: UnsafeRawBufferPointer) -> Double? {
    guard kind == .number else { return nil }
    return JSONNumber(scanned: bytes(in: text)).double
  }
}

/// The exact value of a number by the JSON grammar, if it is whole and fits.
private func wholeNumber(_ number: UnsafeRawBufferPointer) -> Int? {
  let isNegative = number.first == UInt8(ascii: "-")
  let unsigned = number.dropFirst(isNegative ? 1 : 0)
  var mantissa = unsigned.prefix { $0 | 0x20 != UInt8(ascii: "e") }
  // The number is its digits, read without the point, times ten to the power of `scale`.
  var scale = exponent(unsigned.dropFirst(mantissa.count + 1))
  if let point = mantissa.firstIndex(of: UInt8(ascii: ".")) {
    scale -= mantissa.endIndex - point - 1
  }
  while let last = mantissa.last, last == UInt8(ascii: "0") || last == UInt8(ascii: ".") {
    if last == UInt8(ascii: "0") { scale += 1 }
    mantissa.removeLast()
  }
  if mantissa.isEmpty { return 0 }
  guard scale >= 0 else { return nil }

  // Counted below zero, where there is room for one more.
  var value = 0
  func append(_ digit: Int) -> Bool {
    let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
    let (sum, stillTooLarge) = product.subtractingReportingOverflow(digit)
    value = sum
    return !tooLarge && !stillTooLarge
  }
  for byte in mantissa where byte != UInt8(ascii: ".") {
    guard append(Int(byte &- UInt8(ascii: "0"))) else { return nil }
  }
  for _ in 0..<scale {
    guard append(0) else { return nil }
  }
  if isNegative { return value }
  return value == .min ? nil : -value
}

/// The value of what follows the `e`. Beyond 10^15 it no longer matters by how much: no mantissa that
/// fits in memory makes up for it.
private func exponent(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
  var value = 0
  for byte in text where byte &- UInt8(ascii: "0") < 10 {
    value = min(value * 10 + Int(byte &- UInt8(ascii: "0")), 1_000_000_000_000_000)
  }
  return text.first == UInt8(ascii: "-") ? -value : value
}
