import ArgumentParser
import InstClient
import InstProtocol

/// The values of `--large-messages`.
enum LargeMessagesArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, upload, inline

  var mode: LargeMessageMode {
    switch self {
    case .auto: .auto
    case .upload: .upload
    case .inline: .inline
    }
  }
}

/// The values of `--dialect`.
enum DialectArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, deployed, documented

  var choice: DialectChoice {
    switch self {
    case .auto: .auto
    case .deployed: .deployed
    case .documented: .documented
    }
  }
}

/// `-4` and `-6`.
enum IPVersionArgument: String, ExpressibleByArgument, Sendable {
  case ipv4 = "4"
  case ipv6 = "6"
}

/// A number of attempts.
struct RetriesArgument: ExpressibleByArgument, Sendable {
  let count: Int

  init?(argument: String) {
    guard let count = Int(argument), (0...1_000_000).contains(count) else { return nil }
    self.count = count
  }
}

/// The bounds of the pauses between attempts, `500ms..30s`.
struct BackoffArgument: ExpressibleByArgument, Sendable {
  let minimum: DurationArgument
  let maximum: DurationArgument

  init?(argument: String) {
    guard let dots = argument.firstRange(of: ".."),
      let minimum = DurationArgument(argument: String(argument[..<dots.lowerBound])),
      let maximum = DurationArgument(argument: String(argument[dots.upperBound...])),
      minimum.milliseconds <= maximum.milliseconds
    else { return nil }
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// A length of time, or `off`.
struct PingIntervalArgument: ExpressibleByArgument, Sendable {
  /// Nil for off.
  let milliseconds: Int64?

  init?(argument: String) {
    guard argument != "off" else {
      milliseconds = nil
      return
    }
    guard let duration = DurationArgument(argument: argument), duration.milliseconds > 0 else {
      return nil
    }
    milliseconds = duration.milliseconds
  }
}

/// How much of what happens is told: `-v` once or twice.
struct VerbosityArgument: ExpressibleByArgument, Sendable {
  let level: Int

  init(level: Int) { self.level = min(level, 2) }

  init?(argument: String) {
    guard let level = Int(argument), (0...2).contains(level) else { return nil }
    self.level = level
  }
}

/// A yes or no in a variable or a profile.
struct SwitchArgument: ExpressibleByArgument, Sendable {
  let isOn: Bool

  init(isOn: Bool) { self.isOn = isOn }

  init?(argument: String) {
    switch argument {
    case "true", "1", "yes", "on": isOn = true
    case "false", "0", "no", "off": isOn = false
    default: return nil
    }
  }
}
