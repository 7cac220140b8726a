import ArgumentParser

/// A length of time with its unit, `500ms`, `5s`, `2m` or `1h`.
struct DurationArgument: ExpressibleByArgument, Hashable, Sendable {
  let milliseconds: Int64
  let text: String

  init?(argument: String) {
    let units: [(suffix: String, milliseconds: Double)] = [
      ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
    ]
    guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }) else { return nil }
    let digits = argument.dropLast(unit.suffix.count)
    guard let number = decimal(digits), number * unit.milliseconds <= 1e15 else { return nil }
    milliseconds = Int64((number * unit.milliseconds).rounded(.up))
    text = argument
  }

  init(milliseconds: Int64, text: String) {
    self.milliseconds = milliseconds
    self.text = text
  }

  var defaultValueDescription: String { text }
}

/// A number of bytes, `64KiB`, `1MiB`, `10MB` or plain `4096`.
struct SizeArgument: ExpressibleByArgument, Hashable, Sendable {
  let bytes: Int
  let text: String

  init?(argument: String) {
    let units: [(suffix: String, bytes: Double)] = [
      ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824),
      ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ]
    guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }) else { return nil }
    let digits = argument.dropLast(unit.suffix.count)
    guard let number = decimal(digits), number * unit.bytes <= 1e15 else { return nil }
    bytes = Int(number * unit.bytes)
    text = argument
  }

  init(bytes: Int, text: String) {
    self.bytes = bytes
    self.text = text
  }

  var defaultValueDescription: String { text }
}

/// How many messages a window of time allows, `100/1s`.
struct RateArgument: ExpressibleByArgument, Hashable, Sendable {
  let count: Int
  let windowMilliseconds: Int64

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]), count > 0,
      let window = DurationArgument(argument: String(parts[1])), window.milliseconds > 0
    else { return nil }
    self.count = count
    windowMilliseconds = window.milliseconds
  }
}

/// Digits with at most one point between them; no sign, exponent, `inf` or `nan`.
private func decimal(_ text: Substring) -> Double? {
  guard let first = text.utf8.first, let last = text.utf8.last, first != 0x2E, last != 0x2E,
    text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
  else { return nil }
  return Double(text)
}
