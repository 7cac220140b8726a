extension HelpTopic {
  /// `instctl help output`: from the list of lines itself.
  static var output: HelpTopic {
    HelpTopic(
      name: "output", abstract: "what is printed, and where",
      parts: [
        .text(
          "Data goes to stdout, one JSON object a line; everything else to stderr. A command that asks for "
            + "something and fails prints nothing on stdout, but for the frames of --output raw, and the answers that "
            + "http and call are there to show. Every line begins with type and time (RFC 3339, UTC). "
            + "Lines about a branch carry recordName (null for a public inst), inst and branch. Durations end in "
            + "Ms, sizes in Bytes. What came over the wire is passed on as it came. Ignore fields that you do not "
            + "know."),
        .heading("Lines"),
        .table(
          LineType.all.map { line in
            Row(name: line.name, meaning: "\(line.commands): \(line.fields)")
          }),
        .heading("Forms"),
        .table([
          Row(name: "--output json", meaning: "the lines above"),
          Row(
            name: "--output pretty",
            meaning:
              "the same for reading: aligned, and on a terminal coloured, long values shortened, rows "
              + "no wider than it"),
          Row(
            name: "--output raw",
            meaning:
              "instead of them the frames of the wire as they go and come, as lines of type frame, "
              + "secrets masked"),
        ]),
        .heading("Errors"),
        .text(
          "What ends a command is one object on stderr, or two lines of text on a terminal, unless "
            + "--log-format says otherwise:"
        ),
        .code([
          #"{"type":"error","code":…,"layer":…,"message":…,"hint":…,"retryable":…,"exit":…}"#
        ]),
        .text("layer is where it happened:"),
        .table(Failure.Layer.allCases.map { Row(name: $0.rawValue, meaning: $0.meaning) }),
        .text("exit is the exit code: 'instctl help exit-codes'."),
        .heading("Diagnostics"),
        .text(
          "The rest of stderr has the same form: objects with type and time, or lines of text. With --quiet "
            + "there are none. On a terminal a row tells how far get-updates, add-updates and the first state of "
            + "watch have come, while they last."
        ),
        .table([
          Row(name: "warning, note", meaning: "message"),
          Row(
            name: "step",
            meaning:
              "with -v: step (name, tcp, proxy, tls, upgrade, login), durationMs, summary, facts"),
          Row(
            name: "connected",
            meaning: "with -v: url, durationMs, steps: all steps of the connection"),
          Row(
            name: "frame",
            meaning:
              "with -vv: direction, opcode, wireBytes, messageBytes, messageType; --trace has the content"
          ),
        ]),
      ])
  }
}

extension Failure.Layer {
  fileprivate var meaning: String {
    switch self {
    case .usage: "an option or argument is wrong"
    case .config: "a file of the configuration or with a key, or a variable, is wrong"
    case .dns: "the host's name"
    case .tcp: "the connection to the host"
    case .proxy: "the proxy"
    case .tls: "TLS, and certificates"
    case .upgrade: "the HTTP request that opens the WebSocket; has status, and body, its beginning"
    case .websocket: "the WebSocket's frames and its close; has closeCode and reason"
    case .login: "the login"
    case .protocol: "the inst protocol: what the server sent makes no sense"
    case .server: "the server's own word about the request"
    case .timeout: "time is up"
    case .io: "a local file, stdin or stdout"
    }
  }
}
