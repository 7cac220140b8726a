import ArgumentParser

/// Which branch of an inst, and in whose record the inst is.
struct BranchPlaceOptions: ParsableArguments {
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
}
