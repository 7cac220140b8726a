import Glibc

/// A time of day as every line has it: RFC 3339, UTC, milliseconds.
struct Timestamp: Hashable, Sendable {
  /// Since the Unix epoch.
  let milliseconds: Int64

  static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      milliseconds: Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000)
  }

  /// `2026-01-31T12:34:56.789Z`.
  var text: String {
    String(unsafeUninitializedCapacity: Self.length) { buffer in
      write(to: UnsafeMutableRawBufferPointer(buffer))
      return Self.length
    }
  }

  static let length = 24

  /// Writes the ``length`` bytes of the text.
  func write(to buffer: UnsafeMutableRawBufferPointer) {
    let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
    let ofDay = Int(milliseconds) - days * 86_400_000
    let (year, month, day) = Self.civil(fromDays: days)
    var index = 0
    func put(_ value: Int, digits: Int) {
      var value = value
      for place in stride(from: digits - 1, through: 0, by: -1) {
        buffer[index + place] = UInt8(ascii: "0") + UInt8(value % 10)
        value /= 10
      }
      index += digits
    }
    func put(_ mark: Unicode.Scalar) {
      buffer[index] = UInt8(ascii: mark)
      index += 1
    }
    put(year, digits: 4)
    put("-")
    put(month, digits: 2)
    put("-")
    put(day, digits: 2)
    put("T")
    put(ofDay / 3_600_000, digits: 2)
    put(":")
    put(ofDay / 60_000 % 60, digits: 2)
    put(":")
    put(ofDay / 1000 % 60, digits: 2)
    put(".")
    put(ofDay % 1000, digits: 3)
    put("Z")
  }

  /// The date in the Gregorian calendar, from days since 1970-01-01, by eras of 400 years that
  /// begin on the first of March.
  private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
