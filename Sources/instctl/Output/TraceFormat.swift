import JSONText

/// The format of `--trace`: every type of line, and every field, from which help and manual are made.
enum TraceFormat {
  /// Goes up when something that is written now gets another meaning. Further types and fields do not count.
  static let version = 1

  /// A type of line.
  struct Line: Sendable {
    let type: String
    let meaning: String
    let fields: [Field]
  }

  /// A field of a line.
  struct Field: Sendable {
    let name: String
    let meaning: String
  }

  /// Writes the members of the line that begins a run.
  static func heading(_ writer: inout JSONWriter) {
    writer.key("format")
    writer.number(version)
    writer.key("program")
    writer.string("instctl")
    writer.key("version")
    writer.string(Version.number)
  }

  /// What every line has, in this order.
  static let common = [
    Field(name: "type", meaning: "one of those below"),
    Field(name: "time", meaning: "time of day: RFC 3339, UTC, milliseconds"),
    Field(
      name: "run",
      meaning: "the number of the process: lines of runs that write at the same time are mixed"),
    Field(
      name: "elapsedMs",
      meaning: "milliseconds since the run began, six decimals, by a clock that is never set"
    ),
    Field(
      name: "connection",
      meaning:
        "which connection, or exchange over HTTP, counted from 1 over the run; not on trace and end"
    ),
  ]

  /// What a message or body is in; each is left out where the content is empty.
  static let content = [
    Field(name: "json", meaning: "the content, where it is text and JSON: as it came, on one line"),
    Field(name: "text", meaning: "the content, where it is text and no JSON"),
    Field(name: "base64", meaning: "the content, where it is binary, or no UTF-8"),
    Field(name: "masked", meaning: "true where secrets in it were replaced by ***"),
  ]

  /// All types, in the order in which a connection has them.
  static let lines = [
    Line(
      type: "trace", meaning: "a run begins",
      fields: [
        Field(name: "format", meaning: "the version of this format, \(version)"),
        Field(name: "program", meaning: "instctl"),
        Field(name: "version", meaning: "the program's version"),
      ]),
    Line(
      type: "connecting", meaning: "a connection is about to be made",
      fields: [Field(name: "url", meaning: "where to, without query")]),
    Line(
      type: "step", meaning: "a step of it is done",
      fields: [
        Field(name: "step", meaning: "name, tcp, proxy, tls, upgrade, or login"),
        Field(name: "durationMs", meaning: "how long this step alone took"),
        Field(name: "summary", meaning: "a sentence"),
        Field(name: "facts", meaning: "the same as an object; what is in it depends on the step"),
      ]),
    Line(
      type: "request", meaning: "a request was sent: the upgrade, or one over HTTP",
      fields: [
        Field(name: "method", meaning: "of HTTP"),
        Field(name: "target", meaning: "the path; a query is masked"),
        Field(name: "headers", meaning: "pairs of name and value, in order"),
      ] + content),
    Line(
      type: "response", meaning: "the response to it; of a refused upgrade's body the beginning",
      fields: [
        Field(name: "status", meaning: "the number"),
        Field(name: "reason", meaning: "the words behind it"),
        Field(name: "headers", meaning: "pairs of name and value, in order"),
      ] + content),
    Line(
      type: "frame", meaning: "a frame was received, or queued to be sent (RFC 6455 section 5.2)",
      fields: [
        Field(name: "direction", meaning: "in or out"),
        Field(name: "opcode", meaning: "continuation, text, binary, close, ping or pong"),
        Field(name: "fin", meaning: "whether it is the last frame of its message"),
        Field(name: "rsv1", meaning: "whether it begins a compressed message (RFC 7692)"),
        Field(name: "wireBytes", meaning: "the size of the payload on the wire"),
        Field(
          name: "messageBytes",
          meaning:
            "the size of the whole message, not compressed, on its last frame, where the content is"
        ),
        Field(
          name: "broken",
          meaning: "true where the peer broke a rule in it; the content is what had come by then"),
        Field(name: "closeCode", meaning: "on close frames that have one, instead of content"),
        Field(name: "reason", meaning: "on close frames, the text behind the code"),
      ] + content),
    Line(
      type: "state", meaning: "the client's state has changed",
      fields: [
        Field(
          name: "state",
          meaning: "connecting, authenticating, connected, reconnecting or disconnected"),
        Field(name: "attempt", meaning: "which attempt comes next"),
        Field(name: "retryInMs", meaning: "when it comes"),
        Field(name: "reason", meaning: "why there is no connection"),
        Field(name: "closeCode", meaning: "of the connection before, 1006 for none"),
      ]),
    Line(
      type: "rate_limit", meaning: "the frame before says that the server limits the rate",
      fields: [Field(name: "retryAfterMs", meaning: "how long to wait")]),
    Line(
      type: "error", meaning: "the frame before is an error of the server",
      fields: [
        Field(name: "errorCode", meaning: "as the server names it"),
        Field(name: "errorMessage", meaning: "in its words"),
      ]),
    Line(
      type: "closed", meaning: "a WebSocket has ended",
      fields: [
        Field(name: "reason", meaning: "how, in a sentence"),
        Field(name: "closeCode", meaning: "what the peer said, 1006 for nothing"),
      ]),
    Line(
      type: "failed", meaning: "a connection did not come about, or a request got no response",
      fields: [Field(name: "reason", meaning: "why, in a sentence")]),
    Line(
      type: "end", meaning: "the run ends",
      fields: [Field(name: "exit", meaning: "the exit code")]),
  ]
}

extension HelpTopic {
  /// `instctl help trace`: from the description of the format itself.
  static var trace: HelpTopic {
    HelpTopic(
      name: "trace", abstract: "what --trace writes",
      parts: [
        .text(
          "--trace FILE writes each frame and event to a file, one JSON object a line. The file is made so "
            + "that nobody else can read it. A trace that is there already is added to; any other file is left "
            + "alone, and the command ends with exit code 74, as it does when the file cannot be written. "
            + "Lines are written whole, as soon as no more input is waiting: tail -f shows them. '-' is stderr."
        ),
        .text(
          "Tokens, keys, login codes, credentials in header fields, fields of --header @FILE and queries of "
            + "URLs are replaced by ***. All else of every message is there. What Yjs updates hold is not "
            + "looked into."),
        .heading("Every line"), .table(rows(TraceFormat.common)),
        .heading("Content of messages and bodies"), .table(rows(TraceFormat.content)),
      ]
        + TraceFormat.lines.flatMap { line -> [Part] in
          [
            .heading(line.type),
            .text(line.meaning.prefix(1).uppercased() + line.meaning.dropFirst() + "."),
            .table(
              rows(
                line.fields.filter { field in
                  !TraceFormat.content.contains { $0.name == field.name }
                })),
          ]
        } + [
          .heading("Reading it"),
          .text(
            "Ignore types and fields that you do not know, empty lines, and a last line that is not complete. "
              + "The messages in order:"),
          .code([
            #"jq -c 'select(.type=="frame" and .json) | [.direction, .json]' trace.jsonl"#
          ]),
        ])
  }

  private static func rows(_ fields: [TraceFormat.Field]) -> [Row] {
    fields.map { Row(name: $0.name, meaning: $0.meaning) }
  }
}
