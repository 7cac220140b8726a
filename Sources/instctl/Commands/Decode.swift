import ArgumentParser
import Transport

/// `instctl decode`.
struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Show what updates say.",
    discussion: """
      Prints a line of type decoded for each update: clients (the clocks that it has of each), structs, \
      deletions, and changes, which is what it changes in the bots: {"bot","tag","from","to","client"}, \
      with tag null for a bot that came or went, and mask true for a tag mask. "from" is what the updates \
      before it had made. "waiting" is true while something waits for updates that have not come.

      The file, or stdin, may hold lines in base64, JSON lines as get-updates and watch print them, one \
      binary update, or an .aux file. An update that cannot be decoded gets a line with decodeError, and \
      the command goes on; at the end it exits with 65.

      get-updates, watch and add-updates have --decode, which prints the same lines.

      Examples:
        echo AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA== | instctl decode
        instctl get-updates --server http://127.0.0.1:3000 demo | instctl decode
        instctl decode ./bots.aux | jq -c '.changes[]'
      """)

  @Argument(help: ArgumentHelp("The file; '-' is stdin.", valueName: "file"), completion: .file())
  var file = "-"

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(nil, output)
    try settings.refuseFrames()
    CommandRun.execute(settings) { run throws(Failure) in
      let lines = DecodedLines(run, nil)
      try await UpdatesFile(file).read { (update) throws(Failure) in
        lines.decode(update)
        lines.flushSoon()
        if run.output.isStalled { await run.output.finish() }
      }
      try lines.finish()
    }
  }
}
