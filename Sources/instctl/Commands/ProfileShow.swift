import ArgumentParser
import JSONText
import Transport

/// `instctl profile show`.
struct ProfileShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a profile, or every setting that holds and where it comes from.",
    discussion: """
      Prints one line of type profile, with the settings as they are in the file; without a name, those of \
      the profile in use. Values that may hold secrets are shown as "set".

      With --origin it prints a line of type setting for each setting there is, whether or not the profile \
      has it: its value, its source (option, environment, profile, default), and its option, variable and \
      field. Tokens and keys have lines, too, with the value "set" and also the source stored, for what \
      'instctl login' has kept for the profile's server.

      Examples:
        instctl profile add demo -s http://127.0.0.1:3000 --connect-timeout 5s --use
        instctl profile show demo
        instctl profile show --origin | jq -r 'select(.value != null).setting'
      """)

  @Argument(
    help: ArgumentHelp("The profile's name.", valueName: "name"),
    completion: .custom { _, _, _ in ProfileCompletion.names() })
  var name: String?

  @Flag(help: "Show every setting that holds, and where it comes from.")
  var origin = false

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(nil, output, profile: name.map(ProfileChoice.named) ?? .inUse)
    try settings.refuseFrames()
    let stored = origin ? try settings.storedSession() : nil
    let store = try ProfileStore.required()
    guard origin || settings.profile != nil else {
      throw Failure.usage("no profile is in use", hint: "name one, or 'instctl profile use NAME'")
    }
    CommandRun.execute(settings) { run throws(Failure) in
      if origin {
        for row in settings.table { Self.print(row, to: run.output) }
        for secret in StoredSecret.all { Self.print(secret, stored, to: run.output) }
      } else if let profile = settings.profile {
        Self.print(profile, path: store.path(of: profile.name), to: run.output)
      }
    }
  }

  @EventLoop
  private static func print(_ profile: Profile, path: String, to output: StandardOutput) {
    output.profileLine(profile.name) { writer in
      writer.key("path")
      writer.string(path)
      writer.key("settings")
      writer.beginObject()
      for (setting, texts) in profile.values {
        writer.key(string: setting.field)
        writer.shown(setting, texts)
      }
      writer.endObject()
      writer.key("insts")
      writer.value(.array(profile.insts.map(JSONValue.string)))
    }
  }

  @EventLoop
  private static func print(_ row: ShownSetting, to output: StandardOutput) {
    output.line(LineHead("\"type\":\"setting\"")) { writer in
      writer.key("setting")
      writer.string(row.setting.rawValue)
      writer.key("value")
      writer.shown(row.setting, row.texts)
      writer.key("source")
      writer.string(row.source.description)
      writer.key("option")
      writer.string(row.setting.option)
      writer.key("variable")
      writer.string(row.setting.variable)
      writer.key("field")
      writer.string(row.setting.field)
    }
  }

  @EventLoop
  private static func print(
    _ secret: StoredSecret, _ stored: StoredSession?, to output: StandardOutput
  ) {
    let isInEnvironment = Secrets.environment(secret.variable) != nil
    let isStored = stored.map(secret.isKept) ?? false
    output.line(LineHead("\"type\":\"setting\"")) { writer in
      writer.key("setting")
      writer.string(secret.name)
      writer.key("value")
      if isInEnvironment || isStored { writer.string("set") } else { writer.null() }
      writer.key("source")
      writer.string(isInEnvironment ? "environment" : isStored ? "stored" : "default")
      writer.key("variable")
      writer.string(secret.variable)
    }
  }
}

/// A secret that stands in no profile.
private struct StoredSecret: Sendable {
  let name: String
  let variable: String
  let isKept: @Sendable (StoredSession) -> Bool

  static let all = [
    StoredSecret(name: "token", variable: GivenCredential.tokenVariable) { _ in false },
    StoredSecret(name: "key", variable: GivenCredential.keyVariable) { _ in true },
    StoredSecret(name: "record-key", variable: Settings.recordKeyVariable) { _ in false },
    StoredSecret(name: "session-key", variable: Settings.sessionKeyVariable) {
      $0.sessionKey != nil
    },
  ]
}

extension Settings {
  /// What `login` has kept for the server; nil where there is no server, or nothing.
  fileprivate func storedSession() throws(Failure) -> StoredSession? {
    guard server != nil else { return nil }
    return try CredentialStore.ofUser()?.session(forOrigin: serverURL().origin)
  }
}
