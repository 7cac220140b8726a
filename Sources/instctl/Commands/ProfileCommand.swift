import ArgumentParser
import JSONText
import Transport

/// `instctl profile`.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Keep named sets of settings: servers, credentials, defaults.",
    discussion: """
      A profile says what no option and no variable says: --profile NAME or INSTCTL_PROFILE chooses one, \
      'profile use' one for every command. Any setting of 'instctl help environment' can be in it. Profiles \
      are JSON files that nobody else may read, profiles/NAME.json in $XDG_CONFIG_HOME/instctl or \
      ~/.config/instctl.

      The credentials of a profile, its header fields and cookies are for its own server: with --server of \
      another one they are left out.

      Examples:
        instctl profile add local -s http://127.0.0.1:3000 --use
        instctl profile list
        instctl profile show --origin | jq -r 'select(.value != null).setting'
      """,
    subcommands: [
      ProfileList.self, ProfileShow.self, ProfileAdd.self, ProfileUse.self, ProfileRemove.self,
    ])
}

/// What a profile command prints of a profile.
extension StandardOutput {
  func profileLine(_ name: String, _ members: (inout JSONWriter) -> Void) {
    line(LineHead("\"type\":\"profile\"")) { writer in
      writer.key("name")
      writer.string(name)
      members(&writer)
    }
  }
}

extension JSONWriter {
  /// The values of a setting as they are shown: a text, or an array; `set` for what may hold a secret.
  mutating func shown(_ setting: Setting, _ texts: [String]?) {
    guard let texts else { return null() }
    if setting.isSecret { return string("set") }
    guard setting.isList else { return string(texts.first ?? "") }
    value(.array(texts.map(JSONValue.string)))
  }
}
