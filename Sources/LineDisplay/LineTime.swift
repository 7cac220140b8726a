/// The time of a line: RFC 3339, UTC, milliseconds, in the one form that lines have.
struct LineTime: Hashable, Sendable {
  /// Since the Unix epoch.
  let milliseconds: Int64
  /// `12:34:56Z`
  let clock: String

  /// Nil when the text has another form.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 24, bytes[23] == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      let fraction = number(20..<23), (1...12).contains(month)
    else { return nil }
    let seconds = Self.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    milliseconds = seconds * 1000 + fraction
    clock = String(decoding: bytes[11..<19], as: UTF8.self) + "Z"
  }

  /// A time by the clock; nil when it is not within the years that have four digits.
  init?(milliseconds: Double) {
    guard milliseconds.isFinite, abs(milliseconds) < 253_402_300_800_000,
      milliseconds >= -62_135_596_800_000
    else { return nil }
    self.milliseconds = Int64(milliseconds.rounded(.down))
    let second = Int64((milliseconds / 1000).rounded(.down))
    let ofDay = ((second % 86_400) + 86_400) % 86_400
    clock = "\(Self.two(ofDay / 3600)):\(Self.two(ofDay / 60 % 60)):\(Self.two(ofDay % 60))Z"
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// `2026-01-31 12:34`
  var minute: String {
    let (year, month, day) = Self.date(Int64((Double(milliseconds) / 86_400_000).rounded(.down)))
    let digits = String(year)
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return "\(padded)-\(Self.two(month))-\(Self.two(day)) \(clock.prefix(5))"
  }

  /// The date of a day since 1970-01-01: the year is guessed from the mean length of years, and set
  /// right.
  private static func date(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    var year = 1970 + Int64((Double(day) / 365.2425).rounded(.down))
    while days(year, 1, 1) > day { year -= 1 }
    while days(year + 1, 1, 1) <= day { year += 1 }
    var month: Int64 = 12
    while days(year, month, 1) > day { month -= 1 }
    return (year, month, day - days(year, month, 1) + 1)
  }

  /// Days since 1970-01-01 of a date in the Gregorian calendar, in years that begin with March.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  /// How much later than `start` it is, in at most nine columns: `+0.123s`, `+3m04.5s`, `+2h05m06s`.
  func text(since start: LineTime) -> String {
    let passed = milliseconds - start.milliseconds
    let size = abs(passed)
    let sign = passed < 0 ? "-" : "+"
    let two = Self.two
    let seconds = size / 1000
    switch size {
    case ..<60_000:
      return sign + Quantity.fixed(Double(size) / 1000, digits: 3) + "s"
    case ..<3_600_000:
      return "\(sign)\(seconds / 60)m\(two(seconds % 60)).\(size % 1000 / 100)s"
    case ..<86_400_000:
      return "\(sign)\(seconds / 3600)h\(two(seconds / 60 % 60))m\(two(seconds % 60))s"
    default:
      let days = seconds / 86_400
      return "\(sign)\(days)d\(two(seconds / 3600 % 24))h"
    }
  }
}
