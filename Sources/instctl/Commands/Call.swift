import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl call`.
struct Call: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Send one message of any type, and print the frames that come.",
    discussion: """
      Logs in, sends {"type":TYPE,…} with the fields of the JSON as they are given, and prints a line of \
      type frame for each frame that the server sends. It ends with the answer that fits the message, or \
      with an error; an error's code makes the exit code. A message that no answer is known for ends it \
      after a second in which nothing came, unless there is an ending option.

      The JSON is the argument, a file with '@' before its name, or '-' for stdin. Tokens and keys do not \
      belong into an argument. For the type login nothing logs in before. --output raw shows the frames that \
      are sent, and the login, as well.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl call sync/time '{"id":1,"clientRequestTime":0}'
        echo '{"connectionId":"me"}' | instctl call login -
        instctl call repo/watch_branch --follow --for 5s \\
          '{"recordName":null,"inst":"myInst","branch":"default"}'
      """)

  /// What clients send.
  private static let types: [MessageType] = [
    .login, .watchBranch, .unwatchBranch, .getUpdates, .addUpdates, .sendAction,
    .watchBranchDevices, .unwatchBranchDevices, .connectionCount, .timeSync, .httpRequest,
    .permissionRequest, .permissionResponse,
  ]

  @Argument(
    help: ArgumentHelp("The type of the message.", valueName: "type"),
    completion: .list(Self.types.map { "\($0.name)" }))
  var type: String

  @Argument(
    help: ArgumentHelp(
      "The message's fields, a JSON object; @file reads a file, '-' stdin.", valueName: "json"))
  var json: String?

  @Flag(help: "Send the message without a login before it.")
  var noLogin = false

  @Flag(help: "Go on behind the answer, until an ending option is met.")
  var follow = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Ending") var ending: EndingOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if type.isEmpty { throw ValidationError("the type is empty") }
    if noLogin, type == "repo/send_action" {
      throw ValidationError(
        "an action without a login can bring a server down, so it is not sent")
    }
  }

  func run() throws {
    let settings = try Settings(server, output, timeout: ending.timeout)
    if json == "-", try settings.readsSecretFromInput() {
      throw Failure.usage("stdin cannot hold both the secret and the message")
    }
    let message = try CalledMessage(type: type, json: json)
    let connection = try ServerConnection(settings)
    let ending = try self.ending.settled(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let call = CallRun(
        run,
        try connection.bareConnection(
          for: message.inst, logsIn: !noLogin && type != "login",
          showingFramesTo: settings.frameObserver(run)),
        message, follows: follow, printsFrames: settings.output.value != .raw)
      call.start(until: ending)
      await run.untilEnding()
      withExtendedLifetime(call) {}
    }
  }
}
