import ArgumentParser

/// Looks settings up: in the option, the environment, the profile, in this order.
struct SettingLookup: Sendable {
  let profile: Profile?
  /// Settings of the profile that do not hold here.
  var ignored: [Setting] = []

  /// The value of a setting; nil where nothing is said of it.
  func value<Value: ExpressibleByArgument & Sendable>(
    _ setting: Setting, _ option: Value?
  ) throws(Failure) -> Sourced<Value>? {
    if let option { return Sourced(value: option, source: .option) }
    guard let (texts, source) = texts(setting), let text = texts.first else { return nil }
    guard let value = Value(argument: text) else { throw invalid(setting, text, source) }
    return Sourced(value: value, source: source)
  }

  /// The same for a setting that can have several values.
  func values(_ setting: Setting, _ options: [String]) -> Sourced<[String]> {
    if !options.isEmpty { return Sourced(value: options, source: .option) }
    guard let (texts, source) = texts(setting) else {
      return Sourced(value: [], source: .default)
    }
    return Sourced(value: texts, source: source)
  }

  /// The value of a setting, or what holds where nothing is said.
  func value<Value: ExpressibleByArgument & Sendable>(
    _ setting: Setting, _ option: Value?, default: Value
  ) throws(Failure) -> Sourced<Value> {
    try value(setting, option) ?? Sourced(value: `default`, source: .default)
  }

  /// The same for a yes or no.
  func flag(
    _ setting: Setting, _ option: Bool?, default: Bool
  ) throws(Failure) -> Sourced<Bool> {
    try value(
      setting, option.map(SwitchArgument.init), default: SwitchArgument(isOn: `default`)
    ).map(\.isOn)
  }

  private func texts(_ setting: Setting) -> (texts: [String], source: ValueSource)? {
    if let text = Secrets.environment(setting.variable) {
      let texts =
        setting.isList ? text.split(whereSeparator: \.isNewline).map(String.init) : [text]
      return (texts, .environment(variable: setting.variable))
    }
    guard let profile, !ignored.contains(setting), let texts = profile.texts(setting) else {
      return nil
    }
    return (texts, .profile(name: profile.name))
  }

  private func invalid(_ setting: Setting, _ text: String, _ source: ValueSource) -> Failure {
    let shown = setting.isSecret ? "its value" : "'\(text)'"
    return .unusable(
      setting, source, "\(shown) is no value for \(setting.option)",
      hint: "'instctl help environment' tells what values look like")
  }
}
