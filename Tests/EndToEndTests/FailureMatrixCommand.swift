import Foundation
import Testing

/// A command that uses a server, and how it is run in the matrix.
struct FailureMatrixCommand: Sendable {
  /// Its words, as `--experimental-dump-help` has them.
  let name: String
  let arguments: [String]
  let kind: Kind
  /// When its first request is under way, which is when things go wrong "after the login".
  var moment = FailureMatrixPeer.Moment.request
  /// Whether it sends updates.
  var writes = false

  enum Kind: Sendable {
    /// Prints nothing when it fails.
    case oneShot
    /// Prints whole lines of what comes until it fails.
    case following
    /// Uses the HTTP API alone, and prints nothing when it fails.
    case api
  }

  static let all = [
    FailureMatrixCommand(name: "watch", arguments: ["i"], kind: .following),
    FailureMatrixCommand(name: "get-updates", arguments: ["i"], kind: .oneShot),
    FailureMatrixCommand(
      name: "add-updates", arguments: ["i", hello], kind: .oneShot, writes: true),
    FailureMatrixCommand(name: "state", arguments: ["i"], kind: .oneShot),
    FailureMatrixCommand(
      name: "login", arguments: [], kind: .oneShot, moment: .login),
    FailureMatrixCommand(
      name: "login", arguments: ["--email", "ann@example.com", "--request-only"], kind: .api),
    FailureMatrixCommand(name: "logout", arguments: [], kind: .api),
    FailureMatrixCommand(
      name: "whoami", arguments: [], kind: .oneShot, moment: .login),
    FailureMatrixCommand(name: "insts list", arguments: ["rec"], kind: .api),
    FailureMatrixCommand(name: "http", arguments: ["GET", "/api/v2/x"], kind: .oneShot),
    FailureMatrixCommand(name: "permission request", arguments: ["rec/i"], kind: .oneShot),
    FailureMatrixCommand(name: "permission grant", arguments: ["rec/i"], kind: .following),
    FailureMatrixCommand(name: "permission deny", arguments: ["rec/i"], kind: .following),
    FailureMatrixCommand(
      name: "send-action", arguments: ["i", "1", "--wait", "--broadcast"], kind: .oneShot),
    FailureMatrixCommand(name: "devices", arguments: ["i"], kind: .following),
    FailureMatrixCommand(
      name: "call",
      arguments: ["repo/get_updates", #"{"recordName":null,"inst":"i","branch":"default"}"#],
      kind: .following),
    FailureMatrixCommand(name: "count", arguments: ["i"], kind: .oneShot),
    FailureMatrixCommand(
      name: "timesync", arguments: ["--samples", "2", "--interval", "1ms"], kind: .oneShot),
    FailureMatrixCommand(name: "diff", arguments: ["i", "j"], kind: .oneShot),
    FailureMatrixCommand(name: "gaps", arguments: ["i"], kind: .oneShot),
    FailureMatrixCommand(
      name: "set", arguments: ["i", "b", "t", "2"], kind: .oneShot, writes: true),
    FailureMatrixCommand(
      name: "unset", arguments: ["i", "b", "t"], kind: .oneShot, writes: true),
    FailureMatrixCommand(
      name: "bots add", arguments: ["i", "c"], kind: .oneShot, writes: true),
    FailureMatrixCommand(
      name: "bots remove", arguments: ["i", "b"], kind: .oneShot, writes: true),
  ]

  /// Commands that use no server.
  static let offline: Set = [
    "decode", "token", "serve", "help", "profile list", "profile show", "profile add",
    "profile use", "profile remove",
  ]

  /// The words of every command that the program has, by its own account.
  static func known() throws -> Set<String> {
    let dump = try instctl("--experimental-dump-help").output
    let root = try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any]
    return leaves(root?["command"] as? [String: Any] ?? [:], behind: nil)
  }

  private static func leaves(_ command: [String: Any], behind words: String?) -> Set<String> {
    let name = command["commandName"] as? String ?? ""
    // The root's name is not typed behind itself.
    let path = words.map { $0.isEmpty ? name : "\($0) \(name)" } ?? ""
    let children = command["subcommands"] as? [[String: Any]] ?? []
    guard !children.isEmpty else { return [path] }
    return children.reduce(into: []) { $0.formUnion(leaves($1, behind: path)) }
  }
}
