import ArgumentParser

/// A command of which it is known what types of lines it prints.
protocol LinePrinting: ParsableCommand {
  static var lineTypes: [String] { get }
  var output: OutputOptions { get }
  /// The types that `--type` names.
  var wantedTypes: [String] { get }
}

/// What completions offer behind `--type`.
enum LineTypeCompletion {
  /// The types that the command prints which the words name so far.
  static func types(_ words: [String]) -> [String] {
    Instctl.named(words.dropFirst())?.lineTypes ?? []
  }
}

extension LinePrinting {
  var wantedTypes: [String] { output.filter.typeNames }

  /// Refuses `--type` of a type that the command never prints.
  ///
  /// - Throws: usage.
  func checkTypes() throws(Failure) {
    let printed = Self.lineTypes
    for name in wantedTypes where !printed.contains(name) && name != "frame" {
      throw .usage(
        "--type: '\(name)' is no type of line that \(Self._commandName) prints",
        hint: "it prints: \(printed.joined(separator: ", ")); and frame with --output raw")
    }
  }
}

/// What comes besides from a connection that is followed.
private let newsTypes = ["connection", "sync", "error", "rate_limit", "message"]

extension Watch: LinePrinting {
  static var lineTypes: [String] { ["updates", "action", "decoded", "bot", "change"] + newsTypes }
}
extension Devices: LinePrinting {
  static var lineTypes: [String] { ["device_connected", "device_disconnected"] + newsTypes }
}
extension GetUpdates: LinePrinting {
  static var lineTypes: [String] { ["updates", "decoded"] }
}
extension AddUpdates: LinePrinting {
  static var lineTypes: [String] { ["ack", "updates", "decoded"] }
}
extension SendAction: LinePrinting {
  static var lineTypes: [String] { ["sent", "action_result"] }
}
extension Count: LinePrinting {
  static var lineTypes: [String] { ["count"] }
}
extension TimeSync: LinePrinting {
  static var lineTypes: [String] { ["timesync"] }
}
extension Call: LinePrinting {
  static var lineTypes: [String] { ["frame"] }
}
extension HTTP: LinePrinting {
  static var lineTypes: [String] { ["http_response"] }
}
extension Login: LinePrinting {
  static var lineTypes: [String] { ["login", "login_request"] }
}
extension Logout: LinePrinting {
  static var lineTypes: [String] { ["logout"] }
}
extension WhoAmI: LinePrinting {
  static var lineTypes: [String] { ["whoami"] }
}
extension Token: LinePrinting {
  static var lineTypes: [String] { ["token"] }
}
extension Serve: LinePrinting {
  static var lineTypes: [String] { ["listening", "login_code"] }
}
extension Decode: LinePrinting {
  static var lineTypes: [String] { ["decoded"] }
}
extension State: LinePrinting {
  static var lineTypes: [String] { ["bot"] }
}
extension Gaps: LinePrinting {
  static var lineTypes: [String] { ["gap"] }
}
extension Diff: LinePrinting {
  static var lineTypes: [String] { ["difference", "updates"] }
}
extension SetTag: LinePrinting {
  static var lineTypes: [String] { ["ack", "updates"] }
  var output: OutputOptions { edit.output }
}
extension Unset: LinePrinting {
  static var lineTypes: [String] { ["ack", "updates"] }
  var output: OutputOptions { edit.output }
}
extension BotsAdd: LinePrinting {
  static var lineTypes: [String] { ["ack", "updates"] }
  var output: OutputOptions { edit.output }
}
extension BotsRemove: LinePrinting {
  static var lineTypes: [String] { ["ack", "updates"] }
  var output: OutputOptions { edit.output }
}
extension InstsList: LinePrinting {
  static var lineTypes: [String] { ["inst"] }
}
extension RequestPermission: LinePrinting {
  static var lineTypes: [String] { ["permission_result"] }
}
extension GrantPermission: LinePrinting {
  static var lineTypes: [String] { ["permission_request"] }
  var output: OutputOptions { answering.output }
}
extension DenyPermission: LinePrinting {
  static var lineTypes: [String] { ["permission_request"] }
  var output: OutputOptions { answering.output }
}
extension ProfileList: LinePrinting {
  static var lineTypes: [String] { ["profile"] }
}
extension ProfileShow: LinePrinting {
  static var lineTypes: [String] { ["profile", "setting"] }
}
extension ProfileAdd: LinePrinting {
  static var lineTypes: [String] { ["profile"] }
}
extension ProfileUse: LinePrinting {
  static var lineTypes: [String] { ["profile"] }
}
extension ProfileRemove: LinePrinting {
  static var lineTypes: [String] { ["profile"] }
}
