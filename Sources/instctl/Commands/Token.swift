import ArgumentParser
import InstProtocol
import JSONText
import Transport

/// `instctl token`.
struct Token: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Print a connection token for an inst, for other tools. It is a secret.",
    discussion: """
      Makes the token from the connection key, as every command does for itself, without any network \
      traffic, and prints one line of type token with the token, its connectionId, recordName and inst. \
      Whoever has the line can log in with it: to that one inst of a record and to every public inst, until \
      the key expires. The key is the one of --key-file or INSTCTL_KEY, else the one that login has stored \
      for the server.

      Examples:
        instctl token rec/inst --key-file key.txt
        instctl token rec/inst --key-file key.txt | jq -r .token
        instctl token doc --record rec --connection-id ci-1 --key-file key.txt
      """)

  @Argument(
    help: ArgumentHelp(
      "The inst: record/inst, /inst, or a bare name for a public one.", valueName: "inst"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var inst: String

  @Option(
    help: ArgumentHelp(
      "The record; the whole of INST is then the inst's name.", valueName: "name"))
  var record: String?

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(server, output)
    try settings.refuseFrames()
    try settings.refuseConnectionOptions(
      but: [.server, .connectionID, .tokenFile, .keyFile, .keyCommand])
    let inst = try InstAddress(given: inst, record: record)
    let key = try key(settings)
    let connectionID = try EffectiveCredentials.connectionID(settings) ?? randomConnectionID()
    let token: ConnectionToken
    do throws(KeyError) {
      token = try key.makeToken(
        connectionID: connectionID, recordName: inst.recordName, inst: inst.inst)
    } catch { throw Secrets.broken("the key", "\(error)") }
    CommandRun.execute(settings) { run throws(Failure) in
      run.output.line(LineHead("\"type\":\"token\"")) { writer in
        writer.key("recordName")
        if let record = inst.recordName { writer.string(record) } else { writer.null() }
        writer.key("inst")
        writer.string(inst.inst)
        writer.key("connectionId")
        writer.string(connectionID)
        writer.key("userId")
        writer.string(token.userID)
        writer.key("token")
        writer.string(token.formatted)
      }
    }
  }

  private func key(_ settings: Settings) throws(Failure) -> ConnectionKey {
    if settings.tokenFile?.source == .option {
      throw .usage("a token is made from a connection key, not from another token")
    }
    let missing = Failure.usage(
      "a token is made from a connection key, and there is none",
      hint: "--key-file FILE, INSTCTL_KEY, or 'instctl login --email ADDRESS' first")
    if let key = try GivenCredential(settings)?.key() {
      guard !key.expiry.isOver else {
        throw Failure(
          code: "session_expired", layer: .config, message: "the connection key has expired",
          hint: "sign in again for a new key", exit: .noPermission)
      }
      return key
    }
    guard settings.server != nil,
      let key = try EffectiveCredentials.storedKey(forOrigin: settings.serverURL().origin)
    else { throw missing }
    return key
  }
}
