extension JSONWriter {
  /// Writes a whole number.
  @inlinable
  public mutating func number(_ value: Int) {
    reserve(21)
    separate()
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var digits = 1
    var limit: UInt = 10
    while rest >= limit, digits < 20 {
      digits &+= 1
      limit = limit &* 10
    }
    var position = used &+ digits
    used = position
    repeat {
      position &-= 1
      storage[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    needsComma = true
  }

  /// Writes the shortest number that reads back as `value`, whole ones without `.0`; `null` for
  /// infinities and NaN, which JSON cannot say.
  public mutating func number(_ value: Double) {
    if let number = JSONNumber(value) { self.number(number) } else { null() }
  }

  /// Writes a number as it was written.
  public mutating func number(_ value: JSONNumber) {
    var text = value.text
    text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
  }
}
