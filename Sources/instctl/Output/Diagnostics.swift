import Glibc
import JSONText

/// Everything that is not data: warnings, progress of the connection, the fatal error. It goes to
/// stderr, in words or as JSON lines.
struct Diagnostics: Sendable {
  /// 0 with `--quiet`, 1 normally, 2 with `-v`, 3 with `-vv`.
  let verbosity: Int
  private let isText: Bool

  /// Whether a row that is drawn over and over would be welcome, on a terminal.
  var showsProgress: Bool { isText && verbosity >= 1 }

  /// - Parameter format: nil for words on a terminal, and JSON elsewhere.
  init(verbosity: Int, format: LogFormat? = nil) {
    self.verbosity = verbosity
    isText = (format ?? (Self.isOnTerminal ? .text : .json)) == .text
  }

  /// So much of a response's body is shown, in characters.
  private static let bodyLength = 200

  /// As it was at first: a live screen holds stderr back.
  private static let isOnTerminal = isatty(STDERR_FILENO) == 1

  func report(_ failure: Failure) {
    let failure = failure.masked
    guard isText else {
      var writer = JSONWriter(capacity: 512)
      failure.write(to: &writer)
      return writer.withUnsafeBytes { writeAll($0) }
    }
    var text = "error: \(failure.message.printableLine)\n"
    // What a gateway has to say often stands in its page alone.
    if let body = failure.facts.first(where: { $0.name == "body" })?.value.stringValue,
      case let line = body.printableLine.prefix(Self.bodyLength), !line.isEmpty
    {
      text += "  \(line)\n"
    }
    for line in failure.excerpt ?? [] { text += "  \(line.printableLine)\n" }
    if let hint = failure.hint { text += "hint: \(hint.printableLine)\n" }
    write(text)
  }

  /// Something that the user should know and that ends nothing.
  func warn(_ message: String) {
    guard verbosity >= 1 else { return }
    emit(kind: "warning", message)
  }

  /// What the command has done besides its output, such as where it has stored something.
  func tell(_ message: String) {
    guard verbosity >= 1 else { return }
    emit(kind: "note", message)
  }

  /// Word of a step, for `-v`.
  func note(_ message: @autoclosure () -> String) {
    guard verbosity >= 2 else { return }
    emit(kind: "note", message())
  }

  /// More of what happens, for `-vv`.
  func detail(_ message: @autoclosure () -> String) {
    guard verbosity >= 3 else { return }
    emit(kind: "note", message())
  }

  private func emit(kind: StaticString, _ message: String) {
    let message = SecretMask.text(message)
    tell(kind, "\(kind): \(message)") { writer in
      writer.key("message")
      writer.string(message)
    }
  }

  /// One line of text, or one object of this type.
  func tell(
    _ type: StaticString, _ text: @autoclosure () -> String,
    _ members: (inout JSONWriter) -> Void
  ) {
    guard !isText else { return write(text().printableLine + "\n") }
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.key("type")
    writer.string(type.description)
    writer.key("time")
    writer.string(Timestamp.now().text)
    members(&writer)
    writer.endObject()
    writer.finishLine()
    writer.withUnsafeBytes { writeAll($0) }
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { writeAll(UnsafeRawBufferPointer($0)) }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) {
    StatusLine.clear()
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      // There is nobody left to tell.
      guard count > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(0, count))
    }
  }
}
