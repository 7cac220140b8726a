import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl insts`.
struct Insts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "insts",
    abstract: "Tell about the insts of a record.",
    discussion: """
      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl insts list rec
        instctl insts list rec --session-key-file session.txt | jq -r .inst
      """,
    subcommands: [InstsList.self])
}

/// `instctl insts list`.
struct InstsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the insts of a record.",
    discussion: """
      Prints a line of type inst for each: recordName, inst, and what else the server says, as a rule the \
      markers. Nothing is printed before the whole list is there.

      The list is asked for over HTTP with a session key: that of --session-key-file, else INSTCTL_SESSION_KEY, \
      which holds the key itself, else the one that login has stored for the server.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl insts list rec
        instctl insts list rec --session-key-file session.txt | jq -r .inst
      """)

  @Argument(help: ArgumentHelp("The record's name.", valueName: "record"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Use the record key in this file, '-' for stdin, in place of RECORD. Also INSTCTL_RECORD_KEY, "
        + "which holds the key itself.", valueName: "file"), completion: .file())
  var recordKeyFile: String?

  @Option(
    help: ArgumentHelp("Use the session key in this file, '-' for stdin.", valueName: "file"),
    completion: .file())
  var sessionKeyFile: String?

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if record != nil, recordKeyFile != nil {
      throw ValidationError("RECORD and --record-key-file exclude each other")
    }
    if sessionKeyFile == "-", recordKeyFile == "-" {
      throw ValidationError("stdin holds one secret only")
    }
  }

  func run() throws {
    let settings = try Settings(
      server, output, timeout: waiting.timeout, recordKeyFile: recordKeyFile,
      sessionKeyFile: sessionKeyFile)
    try settings.refuseFrames()
    try settings.refuseSocketOptions()
    let url = try settings.serverURL()
    let asked = try recordOrKey(settings)
    let sessionKey = try settings.sessionKey(forOrigin: url.origin)
    CommandRun.execute(settings) { run throws(Failure) in
      let api = try settings.api(at: url, timeout: settings.timeout(default: 10_000))
      let insts: [ListedInst]
      do throws(InstAPIError) {
        insts = try await api.allInsts(ofRecord: asked.text, sessionKey: sessionKey)
      } catch { throw Failure(error) }
      for inst in insts { print(inst, ofRecord: asked.name, to: run.output) }
    }
  }

  /// What the server is asked for, and how it may be shown.
  private func recordOrKey(_ settings: Settings) throws(Failure) -> (text: String, name: String) {
    if let record {
      guard !record.isEmpty else { throw .usage("the record's name is empty") }
      try refuseRecordKey(record)
      return (record, record)
    }
    guard let key = try settings.recordKey() else {
      throw .usage("no record is given", hint: "its name, or --record-key-file FILE")
    }
    return (key.text, key.recordName)
  }

  @EventLoop
  private func print(_ inst: ListedInst, ofRecord record: String, to output: StandardOutput) {
    output.line(LineHead("\"type\":\"inst\"")) { writer in
      writer.key("recordName")
      writer.string(inst.recordName ?? record)
      writer.key("inst")
      writer.string(inst.inst)
      let shown = ["type", "time", "recordName", "inst"]
      for member in inst.json.value.objectValue ?? [] where !shown.contains(member.name) {
        writer.key(string: member.name)
        writer.passThrough(RawJSON(member.value))
      }
    }
  }
}
