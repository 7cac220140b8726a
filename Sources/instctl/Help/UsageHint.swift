/// What helps whoever has typed a command that cannot be.
enum UsageHint {
  private static let forms = [
    (value: "<duration>", hint: "a duration has its unit: 500ms, 5s, 2m, 1h"),
    (value: "<size>", hint: "a size is 64KiB, 1MiB, 10MB, or a number of bytes"),
    (value: "<min..max>", hint: "two durations, such as 500ms..30s"),
  ]

  /// Whether the command line begins with an option.
  private static var isInFront: Bool {
    CommandLine.arguments.dropFirst().first?.hasPrefix("-") ?? false
  }

  /// - Parameter message: what the parser says is wrong.
  static func text(for message: String) -> String {
    if message.hasPrefix("Unknown option"), isInFront {
      return "options come behind the command: instctl COMMAND --option"
    }
    return forms.first { message.contains($0.value) }?.hint
      ?? "instctl --help, or --help behind a command"
  }
}
