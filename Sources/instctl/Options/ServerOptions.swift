import ArgumentParser
import InstClient
import InstProtocol

/// How to reach a server, and as whom.
struct ServerOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The server: https://host (reached at wss://host/websocket), or a ws(s):// URL as it stands.",
      discussion: "Also INSTCTL_SERVER.", valueName: "url"))
  var server: String?

  @Option(
    help: ArgumentHelp(
      "Log in with this connection id; a fresh random one by default. Also INSTCTL_CONNECTION_ID.",
      valueName: "id"))
  var connectionId: String?

  @Option(
    help: ArgumentHelp(
      "Log in with the connection token in this file, '-' for stdin. Also INSTCTL_TOKEN, which "
        + "holds the token itself.", valueName: "file"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "Log in with tokens made from the connection key in this file, '-' for stdin. Also INSTCTL_KEY, "
        + "which holds the key itself.", valueName: "file"))
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "Give up when name, TCP, TLS, upgrade and login take longer than this.",
      valueName: "duration"))
  var connectTimeout = DurationArgument(milliseconds: 10_000, text: "10s")

  @Flag(help: "End when the connection is lost instead of connecting again.")
  var noReconnect = false

  @Option(
    help: ArgumentHelp(
      "Trust the certificates in this PEM file instead of the system's.", valueName: "file"))
  var cacert: String?

  @Flag(name: [.customShort("k"), .long], help: "Do not verify the server's certificate.")
  var insecure = false

  @Flag(
    inversion: .prefixedNo,
    help: "Offer compression (permessage-deflate).")
  var compress = true

  @Option(
    help: ArgumentHelp(
      "The largest message accepted, after decompression.", valueName: "size"))
  var maxMessage = SizeArgument(bytes: 64 << 20, text: "64MiB")

  @Option(
    help: ArgumentHelp(
      "The names and forms that the server knows; auto starts with the deployed ones and changes when "
        + "the server does not know them.", valueName: "dialect"))
  var dialect = DialectArgument.auto

  @Option(
    help: ArgumentHelp(
      "How messages of over 32,000 characters travel: inline in a frame, by upload to the server's "
        + "storage, or auto, which asks for an upload and learns when the server has none.",
      valueName: "way"))
  var largeMessages = LargeMessagesArgument.auto
}

/// The values of `--large-messages`.
enum LargeMessagesArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, upload, inline

  var mode: LargeMessageMode {
    switch self {
    case .auto: .auto
    case .upload: .upload
    case .inline: .inline
    }
  }
}

/// The values of `--dialect`.
enum DialectArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, deployed, documented

  var choice: DialectChoice {
    switch self {
    case .auto: .auto
    case .deployed: .deployed
    case .documented: .documented
    }
  }
}

/// Which branch of which inst.
struct BranchOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The inst: record/inst, /inst, or a bare name for a public one.", valueName: "inst"))
  var inst: String

  @Option(name: .shortAndLong, help: "The branch.")
  var branch = "default"

  @Option(
    help: ArgumentHelp(
      "The record; the whole of INST is then the inst's name.", valueName: "name"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Use the record key in this file, '-' for stdin, in place of a record; the whole of INST is then "
        + "the inst's name. Also INSTCTL_RECORD_KEY, which holds the key itself.",
      valueName: "file"))
  var recordKeyFile: String?
}

/// What is printed, and where.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of the output: json, the command's lines; raw, instead of them the frames of the wire as "
        + "they go and come, as lines of type frame.", valueName: "form"))
  var output = OutputForm.json

  @Flag(name: .shortAndLong, help: "Tell on stderr what happens.")
  var verbose: Int

  @Flag(name: .shortAndLong, help: "No diagnostics but errors.")
  var quiet = false

  var diagnostics: Diagnostics { Diagnostics(verbosity: quiet ? 0 : 1 + verbose) }

  /// For commands that have no frames of the wire to show.
  func refuseFrames() throws(Failure) {
    if output == .raw { throw .usage("this command shows no frames: --output raw is not for it") }
  }
}

/// The forms of the output.
enum OutputForm: String, ExpressibleByArgument, CaseIterable, Sendable {
  case json, raw
}
