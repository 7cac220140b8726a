/// What completions offer from the user's profiles. Trouble with them is nothing for the middle of a
/// command line, so it offers nothing then.
enum ProfileCompletion {
  /// The profiles.
  static func names() -> [String] {
    (try? ProfileStore.ofUser()?.names()) ?? []
  }

  /// The insts that the profile in use names.
  static func insts() -> [String] { used?.insts ?? [] }

  /// The branches of all profiles, and the default one.
  static func branches() -> [String] {
    guard let store = ProfileStore.ofUser() else { return ["default"] }
    let found = names().compactMap { name in
      (try? store.profile(name))?.texts(.branch)?.first
    }
    return Set(found + ["default"]).sorted()
  }

  private static var used: Profile? {
    guard let store = ProfileStore.ofUser(),
      let name = Secrets.environment(Settings.profileVariable) ?? (try? store.used())
    else { return nil }
    return try? store.profile(name)
  }
}
