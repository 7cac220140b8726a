import Glibc
import InstClient
import InstDocument
import InstProtocol
import JSONText
import Transport

/// From where a command gets the updates of a document.
enum UpdatesSource: Sendable {
  /// A file; `-` is stdin.
  case file(String)
  /// A branch on a server.
  case inst(BranchAddress, ServerConnection)

  /// Which it is that an argument means.
  enum Kind: Sendable {
    case file, inst
  }

  /// What an argument means that may be either: a file where it is `-`, begins with `./` or `../`, ends
  /// with `.aux`, or names something that exists and is no folder; else an inst.
  static func kind(of argument: String) -> Kind {
    if argument == "-" || argument.hasPrefix("./") || argument.hasPrefix("../") { return .file }
    if argument.hasSuffix(".aux") { return .file }
    var status = stat()
    guard stat(argument, &status) == 0 else { return .inst }
    return status.st_mode & S_IFMT == S_IFDIR ? .inst : .file
  }

  /// The branch from which it reads, if that is what it does.
  var address: BranchAddress? {
    if case .inst(let address, _) = self { address.answered } else { nil }
  }

  /// What messages call it.
  var name: String {
    switch self {
    case .file(let file): InputFile.name(file)
    case .inst(let address, _): "the branch \(address.answered.branch) of '\(address.inst)'"
    }
  }

  /// Reads all updates, in order; those of a file as they come. Leaves the server afterwards, so that a
  /// command can read one source after the other.
  @EventLoop
  func read(
    for run: CommandRun, _ settings: Settings,
    _ body: @EventLoop (FoundUpdate) async throws(Failure) -> Void
  ) async throws(Failure) {
    switch self {
    case .file(let file): try await UpdatesFile(file).read(body)
    case .inst(let address, let connection):
      let snapshot = try await Self.snapshot(of: address, connection, for: run, settings)
      let computation = LongComputation()
      for update in snapshot.found {
        try await body(update)
        await computation.pause()
      }
    }
  }

  @EventLoop
  private static func snapshot(
    of address: BranchAddress, _ connection: ServerConnection, for run: CommandRun,
    _ settings: Settings
  ) async throws(Failure) -> BranchSnapshot {
    let client = try connection.client(
      for: address.instAddress, reconnects: false, showingFramesTo: settings.frameObserver(run))
    let request = RequestRun(
      run, client, timeout: settings.timeout(default: 10_000), what: "the updates did not come")
    request.start()
    do throws(ClientError) {
      let snapshot = try await client.getBranchUpdates(address)
      await run.close?()
      run.close = nil
      withExtendedLifetime(request) {}
      return snapshot
    } catch { throw Failure(error) }
  }
}

extension BranchSnapshot {
  /// The updates, to be decoded.
  var found: [FoundUpdate] {
    let found = message.bytes.withUnsafeBytes { UpdatesLine.object($0, "the branch") }
    return if case .updates(let updates) = found { updates } else { [] }
  }
}
