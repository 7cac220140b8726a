/// How amounts are written for people, in few columns.
enum Quantity {
  /// `190 B`, `1.2 KiB`, `34 MiB`.
  static func bytes(_ count: Int) -> String {
    guard count >= 1024 else { return "\(max(0, count)) B" }
    var value = Double(count)
    var unit = ""
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] where value >= 1023.5 || unit.isEmpty {
      value /= 1024
      unit = next
    }
    return "\(short(value)) \(unit)"
  }

  /// Three digits at most, where there are no more before the point: `0.12`, `1.2`, `34`.
  static func short(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    if value == 0 { return "0" }
    return fixed(value, digits: abs(value) < 0.9995 ? 2 : abs(value) < 9.95 ? 1 : 0)
  }

  /// So many digits behind the point.
  static func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    let whole = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && whole > 0 ? "-" : ""
    let unit = Int64(scale)
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = String(whole % unit)
    return "\(sign)\(whole / unit)."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// A time that passed, in milliseconds: `12.3ms`, `1.20s`, `3m04s`, `2h05m`.
  static func milliseconds(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    let size = abs(value)
    if size < 999.5 { return "\(short(value))ms" }
    if size < 59_995 { return "\(fixed(value / 1000, digits: 2))s" }
    guard size < 1e15 else { return "?" }
    return (value < 0 ? "-" : "") + clock(Int64((size / 1000).rounded()))
  }

  /// Whole seconds: `42s`, `3m04s`, `2h05m`, `1d02h`.
  static func clock(_ seconds: Int64) -> String {
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    switch seconds {
    case ..<60: return "\(max(0, seconds))s"
    case ..<3600: return "\(seconds / 60)m\(two(seconds % 60))s"
    case ..<86_400: return "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
    default: return "\(seconds / 86_400)d\(two(seconds / 3600 % 24))h"
    }
  }

  /// `1 update`, `2 updates`.
  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
