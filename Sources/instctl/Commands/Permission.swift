import ArgumentParser
import InstClient
import InstProtocol
import Transport

/// `instctl permission`.
struct Permission: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "permission",
    abstract: "Ask for permissions, and answer those who ask.",
    discussion: """
      Who is refused an inst of a record can ask for the permission that is missing. The server passes the \
      request on to the devices on the inst whose user can grant it, and their answer back.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl permission grant rec/closed --key-file owner.key -1 --ready-file up &
        instctl permission request rec/closed --key-file other.key
      """,
    subcommands: [RequestPermission.self, GrantPermission.self, DenyPermission.self])
}

/// `instctl permission request`.
struct RequestPermission: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Ask for the permission to watch a branch.",
    discussion: """
      Tries to watch the branch; where the server says which permission is missing, asks for it and waits \
      for the answer, which is printed as one line of type permission_result. Exit code 0: granted, or not \
      missing ("alreadyGranted":true); 1: denied, or nobody is there to grant it (errorCode says which); other \
      refusals have their own codes, 77 for most. Trying to watch makes the inst where the user may do that.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl permission request rec/open --key-file other.key
        instctl permission request rec/closed --key-file other.key --timeout 1h
      """)

  @OptionGroup var branch: BranchOptions

  @Option(
    help: ArgumentHelp(
      "Fail (exit 124) when there is no answer by then. (default: 5m)", valueName: "duration"))
  var timeout: DurationArgument?

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(server, output, branch: branch, timeout: timeout)
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let authSource = PartitionAuthSource()
      let client = try connection.client(
        for: address.instAddress, reconnects: true, authSource: authSource,
        showingFramesTo: settings.frameObserver(run))
      let asking = PermissionAsking(
        run, client, authSource, origin: connection.url.origin, address)
      asking.start(timeout: settings.timeout(default: 300_000))
      await run.untilEnding()
      withExtendedLifetime(asking) {}
    }
  }
}

/// `instctl permission grant`.
struct GrantPermission: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant",
    abstract: "Be on an inst, and grant the permissions that are asked for.",
    discussion: """
      Watches the branch and waits. Each request that arrives is printed as a line of type \
      permission_request, with what is asked for (reason), who asks (user, connection), and the answer: \
      granted, denied, or none for requests that are about something else than the inst, or come from others \
      than --user. Who answers must be able to grant the permission, such as the owner of the record. Some \
      servers only pass the answer on: there the permission has to be given by other means as well.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl permission grant rec/closed --key-file owner.key --for 5s
      """)

  @OptionGroup var answering: PermissionAnsweringOptions

  func run() throws { try answering.run(answer: .granted) }
}

/// `instctl permission deny`.
struct DenyPermission: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny",
    abstract: "Be on an inst, and deny the permissions that are asked for.",
    discussion: """
      Like 'permission grant', but the answer is no, with the error code not_authorized.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl permission deny rec/closed --key-file owner.key --for 5s
      """)

  @OptionGroup var answering: PermissionAnsweringOptions

  func run() throws {
    try answering.run(answer: .denied(.notAuthorized, message: "The permission was denied."))
  }
}

/// What `permission grant` and `permission deny` take.
struct PermissionAnsweringOptions: ParsableArguments {
  @OptionGroup var branch: BranchOptions

  @Option(help: ArgumentHelp("Answer only what this user asks.", valueName: "id"))
  var user: String?

  @OptionGroup var ready: ReadyOptions

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Ending") var ending: EndingOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if user == "" { throw ValidationError("--user is empty") }
  }

  /// Answers requests until something ends the command.
  func run(answer: PermissionAnswer) throws {
    let settings = try Settings(server, output, branch: branch, timeout: ending.timeout)
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let authSource = PartitionAuthSource()
      let client = try connection.client(
        for: address.instAddress, reconnects: true, authSource: authSource,
        showingFramesTo: settings.frameObserver(run))
      let answering = PermissionAnswering(
        run, client, authSource, address, answer: answer, user: user, count: ending.lineCount,
        readyFile: ready.file)
      answering.start(until: try ending.settled(settings))
      await run.untilEnding()
      withExtendedLifetime(answering) {}
    }
  }
}
