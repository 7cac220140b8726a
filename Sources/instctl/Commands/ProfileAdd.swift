import ArgumentParser
import Glibc
import JSONText
import Transport

/// `instctl profile add`.
struct ProfileAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Write a profile with the settings that are given as options.",
    discussion: """
      Every option that is given becomes a field of the profile; names of files are stored as absolute paths. \
      No secret is stored: keys and tokens stay in their files, or with the command of a password manager. \
      Prints one line of type profile with the path.

      Examples:
        instctl profile add local -s http://127.0.0.1:3000 --use
        instctl profile add prod -s https://example.com --key-command 'pass key'
        instctl profile add local -s http://127.0.0.1:3000 --inst myInst --replace
      """)

  @Argument(help: ArgumentHelp("The profile's name.", valueName: "name"))
  var name: String

  @Option(name: .shortAndLong, help: "The branch, where commands are given none.")
  var branch: String?

  @Option(
    help: ArgumentHelp("An inst that completions offer. May be repeated.", valueName: "inst"))
  var inst: [String] = []

  @Option(
    help: ArgumentHelp("How long commands wait: their --timeout.", valueName: "duration"))
  var timeout: DurationArgument?

  @Option(
    help: ArgumentHelp("The file with a record key, for commands of insts.", valueName: "file"),
    completion: .file())
  var recordKeyFile: String?

  @Option(
    help: ArgumentHelp("The file with a session key, for the HTTP API.", valueName: "file"),
    completion: .file())
  var sessionKeyFile: String?

  @Flag(help: "Use the profile from now on.")
  var use = false

  @Flag(help: "Replace a profile of the same name.")
  var replace = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    if server.profile != nil { throw Failure.usage("a profile cannot be taken from another one") }
    try ProfileStore.check(name)
    let settings = try Settings(
      server, output, profile: .none, branch: branch, timeout: timeout,
      recordKeyFile: recordKeyFile, sessionKeyFile: sessionKeyFile)
    if server.server != nil { _ = try settings.serverURL() }
    try settings.refuseProxyPassword()
    _ = try settings.certificatePins()
    var profile = Profile(name: name)
    for row in settings.table where row.source == .option {
      if let texts = row.texts { profile.set(row.setting, try Self.absolute(row.setting, texts)) }
    }
    profile.insts = inst
    let (added, store) = (profile, try ProfileStore.required())
    CommandRun.execute(settings) { run throws(Failure) in
      try store.add(added, replaces: replace)
      if use { try store.use(name) }
      run.output.profileLine(name) { writer in
        writer.key("path")
        writer.string(store.path(of: name))
        writer.key("used")
        writer.bool(use)
      }
    }
  }

  /// The texts with the names of files as absolute paths.
  private static func absolute(
    _ setting: Setting, _ texts: [String]
  ) throws(Failure) -> [String] {
    guard setting.isFile || setting == .header else { return texts }
    var result: [String] = []
    for text in texts {
      guard setting.isFile else {
        result.append(
          text.hasPrefix("@") ? "@" + absolutePath(String(text.dropFirst())) : text)
        continue
      }
      if text == "-" {
        throw .usage("\(setting.option): stdin is nothing to keep in a profile")
      }
      result.append(absolutePath(text))
    }
    return result
  }

  private static func absolutePath(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }
}
