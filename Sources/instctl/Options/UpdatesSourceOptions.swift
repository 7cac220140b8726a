import ArgumentParser
import InstProtocol

/// An inst or a file from which updates are read.
struct UpdatesSourceOptions: ParsableArguments, BranchNaming {
  @Argument(
    help: ArgumentHelp(
      "An inst, a file, or '-' for stdin. What begins with ./ or ../, ends with .aux, or is the path of "
        + "something that exists and is no folder, is a file; all else is an inst.",
      valueName: "inst-or-file"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var source: String

  @Flag(name: .customLong("file"), help: "The argument is a file, whatever it looks like.")
  var isFile = false

  @Flag(name: .customLong("inst"), help: "The argument is an inst, whatever files there are.")
  var isInst = false

  @OptionGroup var place: BranchPlaceOptions

  func validate() throws {
    if isFile, isInst { throw ValidationError("--file and --inst exclude each other") }
    if isFile, place.record != nil {
      throw ValidationError("--file and --record exclude each other")
    }
  }

  /// What the options name. A server is needed for an inst alone.
  func source(_ settings: Settings) throws(Failure) -> UpdatesSource {
    let kind =
      isFile ? .file : isInst || place.record != nil ? .inst : UpdatesSource.kind(of: source)
    switch kind {
    case .file:
      try settings.refuseServers()
      if source == "-", try settings.readsSecretFromInput() {
        throw .usage("stdin cannot hold both the secret and the updates")
      }
      return .file(source)
    case .inst:
      let connection = try ServerConnection(settings)
      return .inst(try settings.branch(of: source, record: place.record), connection)
    }
  }
}
