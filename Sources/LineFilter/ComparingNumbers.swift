/// How one number compares with another.
enum Order: Hashable, Sendable {
  case less, equal, greater

  var reversed: Order {
    switch self {
    case .less: .greater
    case .equal: .equal
    case .greater: .less
    }
  }

  init<Value: Comparable>(_ a: Value, _ b: Value) {
    self = a < b ? .less : a == b ? .equal : .greater
  }
}

/// A number by the JSON grammar, taken apart so that it can be compared exactly, however large or
/// precise: 0.d₁d₂d₃… × 10 to the power of `exponent`, where d₁ is not 0.
struct Decimal {
  private var isNegative = false
  /// The digits with the point among them, without zeros at either end; empty for zero.
  private var digits: Slice<UnsafeRawBufferPointer>
  private var exponent = 0

  /// - Parameter number: the number's text, borrowed.
  init(_ number: UnsafeRawBufferPointer) {
    var rest = number[...]
    if rest.first == UInt8(ascii: "-") {
      isNegative = true
      rest = rest.dropFirst()
    }
    digits = rest.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    let power = Self.power(rest.dropFirst(digits.count + 1))
    let point = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.endIndex
    while let first = digits.first, !Self.isSignificant(first) { digits.removeFirst() }
    while let last = digits.last, !Self.isSignificant(last) { digits.removeLast() }
    guard !digits.isEmpty else {
      isNegative = false
      return
    }
    // The point itself takes a place behind it.
    let isBeforePoint = digits.startIndex <= point
    exponent = point - digits.startIndex + (isBeforePoint ? 0 : 1) + power
  }

  private static func isSignificant(_ byte: UInt8) -> Bool {
    byte != UInt8(ascii: "0") && byte != UInt8(ascii: ".")
  }

  /// The value of what follows the `e`. Beyond 10^17 it no longer counts by how much.
  private static func power(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
    var value = 0
    for byte in text where byte &- UInt8(ascii: "0") < 10 {
      value = min(value * 10 + Int(byte &- UInt8(ascii: "0")), 100_000_000_000_000_000)
    }
    return text.first == UInt8(ascii: "-") ? -value : value
  }

  private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

  /// How this number compares with another.
  func order(_ other: Decimal) -> Order {
    guard sign == other.sign, sign != 0 else { return Order(sign, other.sign) }
    let order = magnitudeOrder(other)
    return isNegative ? order.reversed : order
  }

  private func magnitudeOrder(_ other: Decimal) -> Order {
    guard exponent == other.exponent else { return Order(exponent, other.exponent) }
    var (a, b) = (digits[...], other.digits[...])
    while true {
      if a.first == UInt8(ascii: ".") { a.removeFirst() }
      if b.first == UInt8(ascii: ".") { b.removeFirst() }
      guard let x = a.first, let y = b.first else { break }
      if x != y { return Order(x, y) }
      a.removeFirst()
      b.removeFirst()
    }
    // Without zeros at the end, more digits are more.
    return Order(a.count, b.count)
  }
}
