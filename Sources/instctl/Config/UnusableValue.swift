extension Failure {
  /// A setting's value that makes no sense: wrong usage where an option gave it, else a broken configuration.
  ///
  /// - Parameter reason: must not repeat a value that can be a secret.
  static func unusable(
    _ setting: Setting, _ source: ValueSource, _ reason: String, hint: String? = nil
  ) -> Failure {
    let place =
      switch source {
      case .option, .default: setting.option
      case .environment(let variable): variable
      case .profile(let name): "\(setting.field) of the profile '\(name)'"
      }
    guard source != .option else { return .usage("\(place): \(reason)", hint: hint) }
    return Failure(
      code: "broken_configuration", layer: .config, message: "\(place): \(reason)", hint: hint,
      exit: .configuration)
  }
}
