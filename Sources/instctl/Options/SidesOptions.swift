import ArgumentParser

/// The two things that `diff` compares.
struct SidesOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "An inst, a file, or '-' for stdin. What begins with ./ or ../, ends with .aux, or is the path of "
        + "something that exists and is no folder, is a file; all else is an inst.", valueName: "a"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var a: String

  @Argument(
    help: ArgumentHelp("The same for the other one.", valueName: "b"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var b: String

  @Option(help: ArgumentHelp("The server of A, where it is not that of both.", valueName: "url"))
  var aServer: String?

  @Option(
    help: ArgumentHelp("The profile for A, where it is not that of both.", valueName: "name"),
    completion: .custom { _, _, _ in ProfileCompletion.names() })
  var aProfile: String?

  @Option(help: ArgumentHelp("The server of B, where it is not that of both.", valueName: "url"))
  var bServer: String?

  @Option(
    help: ArgumentHelp("The profile for B, where it is not that of both.", valueName: "name"),
    completion: .custom { _, _, _ in ProfileCompletion.names() })
  var bProfile: String?

  @Option(
    help: ArgumentHelp("The branch of A, where it is not that of both.", valueName: "branch"))
  var aBranch: String?

  @Option(
    help: ArgumentHelp("The branch of B, where it is not that of both.", valueName: "branch"))
  var bBranch: String?

  @Option(
    name: .shortAndLong, help: "The branch of the insts. (default: default)",
    completion: .custom { _, _, _ in ProfileCompletion.branches() })
  var branch: String?

  func validate() throws {
    if a == "-", b == "-" { throw ValidationError("stdin can be one of the two only") }
  }

  /// One of the two, with what holds for it.
  struct Side: Sendable {
    let source: UpdatesSource
    let settings: Settings
  }

  /// A and B.
  func sides(
    _ server: ServerOptions, _ output: OutputOptions, timeout: DurationArgument?
  ) throws(Failure) -> (a: Side, b: Side) {
    let a = try side(a, aServer, aProfile, aBranch, server, output, timeout)
    let b = try side(b, bServer, bProfile, bBranch, server, output, timeout)
    if case .file = a.source, case .file = b.source { try a.settings.refuseServers() }
    return (a, b)
  }

  private func side(
    _ name: String, _ ownServer: String?, _ ownProfile: String?, _ ownBranch: String?,
    _ server: ServerOptions, _ output: OutputOptions, _ timeout: DurationArgument?
  ) throws(Failure) -> Side {
    var server = server
    if ownProfile != nil {
      server.profile = ownProfile
      // The profile's own server is meant, not that of both.
      server.server = nil
    }
    if let ownServer { server.server = ownServer }
    let settings = try Settings(server, output, branch: ownBranch ?? branch, timeout: timeout)
    guard UpdatesSource.kind(of: name) == .inst else {
      if ownServer != nil || ownProfile != nil || ownBranch != nil {
        throw .usage("'\(name)' is a file, which has no server, profile or branch")
      }
      return Side(source: .file(name), settings: settings)
    }
    let connection = try ServerConnection(settings)
    return Side(
      source: .inst(try settings.branch(of: name, record: nil), connection), settings: settings)
  }
}
