import ArgumentParser
import InstProtocol

/// Which branch of which inst, where a command can do without one.
struct OptionalBranchOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The inst: record/inst, /inst, or a bare name for a public one.", valueName: "inst"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var inst: String?

  @Option(
    name: .shortAndLong, help: "The branch. (default: default)",
    completion: .custom { _, _, _ in ProfileCompletion.branches() })
  var branch: String?

  @Option(
    help: ArgumentHelp(
      "The record; the whole of INST is then the inst's name.", valueName: "name"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Use the record key in this file, '-' for stdin, in place of a record; the whole of INST is then "
        + "the inst's name. Also INSTCTL_RECORD_KEY, which holds the key itself.",
      valueName: "file"), completion: .file())
  var recordKeyFile: String?

  /// Whether something is said that makes sense with an inst only.
  var sayMoreThanAnInst: Bool { branch != nil || record != nil || recordKeyFile != nil }

  /// The branch that the options name, nil where they name no inst.
  func address(_ settings: Settings) throws(Failure) -> BranchAddress? {
    guard let inst else { return nil }
    var options = BranchOptions()
    options.inst = inst
    options.branch = branch
    options.record = record
    options.recordKeyFile = recordKeyFile
    return try options.address(settings)
  }
}
