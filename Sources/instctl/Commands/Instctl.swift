import ArgumentParser
import CSystem
import Glibc

/// The command line's root.
@main
struct Instctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "instctl",
    abstract: "The command line of CasualOS inst servers.",
    discussion: """
      Reads, follows and changes the shared documents of insts over the servers' WebSocket. Data goes \
      to stdout as JSON lines, everything else to stderr.

      A token, INSTCTL_TOKEN, or a connection key, INSTCTL_KEY, may stand in the environment; no secret \
      is ever an argument. Where there is neither, commands use what login has stored for the server.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl add-updates myInst AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA==
        instctl watch myInst --until-synced
        instctl help exit-codes
      """,
    version: Version.description,
    subcommands: subcommands.map { $0.value() })

  /// The subcommands by name, in the order of the help. Closures, since to name a type costs as much time as
  /// to make what it needs at run time, and a run needs one of them.
  private static let subcommands: KeyValuePairs<String, @Sendable () -> any ParsableCommand.Type> =
    [
      "watch": { Watch.self }, "get-updates": { GetUpdates.self },
      "add-updates": { AddUpdates.self }, "decode": { Decode.self }, "state": { State.self },
      "serve": { Serve.self }, "login": { Login.self }, "logout": { Logout.self },
      "whoami": { WhoAmI.self }, "token": { Token.self }, "insts": { Insts.self },
      "http": { HTTP.self }, "permission": { Permission.self },
      "send-action": { SendAction.self }, "devices": { Devices.self }, "call": { Call.self },
      "count": { Count.self }, "timesync": { TimeSync.self }, "diff": { Diff.self },
      "gaps": { Gaps.self }, "set": { SetTag.self }, "unset": { Unset.self },
      "bots": { Bots.self }, "profile": { ProfileCommand.self }, "help": { Help.self },
    ]

  static func main() {
    openStandardDescriptors()
    do {
      try refuseBrokenArguments()
      do {
        var command = try command(arguments())
        try (command as? any LinePrinting)?.checkTypes()
        try command.run()
      } catch  where exitCode(for: error) == .success {
        // Help and version are answers, on stdout; all the rest is a failure like any other.
        let answer = fullMessage(for: error)
        if !answer.isEmpty { try TextOutput.write(Array((answer + "\n").utf8)) }
      }
    } catch {
      let failure =
        error as? Failure
        ?? .usage(message(for: error), hint: UsageHint.text(for: message(for: error)))
      Diagnostics(verbosity: 1, format: .askedFor(in: arguments())).report(failure)
      Glibc.exit(failure.exit.rawValue)
    }
  }
}

extension Instctl {
  /// The command that words name which prints lines; nil where they name none.
  static func named(_ words: some Sequence<String>) -> (any LinePrinting.Type)? {
    var found: any ParsableCommand.Type = Self.self
    for word in words {
      guard
        let next = found.configuration.subcommands.first(where: {
          $0.configuration.commandName == word
        })
      else { break }
      found = next
    }
    return found as? any LinePrinting.Type
  }

  /// The command that is asked for. A subcommand first reads its arguments by itself, which spares what
  /// the parser does for the tree of all of them. Whatever it cannot read, and help, is told by the root,
  /// which knows how the subcommand is called.
  private static func command(_ arguments: [String]) throws -> any ParsableCommand {
    if let subcommand = subcommands.first(where: { $0.key == arguments.first })?.value(),
      let command = try? subcommand.parseAsRoot(Array(arguments.dropFirst())),
      ([subcommand] + subcommand.configuration.subcommands).contains(where: {
        $0 == type(of: command)
      })
    {
      return command
    }
    return try parseAsRoot(arguments)
  }
}

/// The arguments, without the program's name. Not `CommandLine`'s: it knows none without `/proc`, and
/// the program would answer something else than was asked.
private func arguments() -> [String] {
  (1..<max(1, csystem_argument_count())).map { String(cString: csystem_argument($0)) }
}

/// - Throws: where an argument is no UTF-8: it must not be changed into something else without a word.
private func refuseBrokenArguments() throws(Failure) {
  for index in 1..<max(1, csystem_argument_count())
  where String(validatingCString: csystem_argument(index)) == nil {
    throw .usage("argument \(index) is not UTF-8")
  }
}

/// Gives a standard descriptor that was closed to us to nobody: the next file or socket opened would
/// take its number, and get our output.
private func openStandardDescriptors() {
  for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
    // The lowest free number is the one that is closed.
    _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
  }
}
