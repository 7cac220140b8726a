import Glibc
import JSONText

/// A fatal error as the user meets it: one JSON object or two lines on stderr, and the exit code.
struct Failure: Error, Sendable {
  /// Where it happened.
  enum Layer: String, CaseIterable, Sendable {
    case usage, config, dns, tcp, proxy, tls, upgrade, websocket, login
    case `protocol`, server, timeout, io
  }

  var code: String
  var layer: Layer
  var message: String
  var hint: String?
  var isRetryable = false
  var exit: ExitStatus
  /// Further facts, as members of the object.
  var facts: [JSONMember] = []
}

extension Failure {
  static func usage(_ message: String, hint: String? = nil) -> Failure {
    Failure(code: "usage", layer: .usage, message: message, hint: hint, exit: .usage)
  }

  /// Bad data on stdin, in a file or among the arguments.
  static func badInput(_ message: String, hint: String? = nil, facts: [JSONMember] = []) -> Failure
  {
    Failure(
      code: "bad_input", layer: .io, message: message, hint: hint, exit: .badInput, facts: facts)
  }

  /// `--timeout` passed.
  static func timeout(
    _ message: String, milliseconds: Int64, option: String = "--timeout"
  ) -> Failure {
    Failure(
      code: "timeout", layer: .timeout, message: message,
      hint: "a longer \(option) waits longer; -v shows what happens", isRetryable: true,
      exit: .timeout,
      facts: [JSONMember(name: "timeoutMs", value: JSONValue(Int(milliseconds)))])
  }

  /// Without what the server, or a file, has said that is a secret.
  var masked: Failure {
    var failure = self
    failure.message = SecretMask.text(message)
    failure.hint = hint.map(SecretMask.text)
    failure.facts = facts.map { fact in
      JSONMember(name: fact.name, value: SecretMask.masked(fact.value))
    }
    return failure
  }

  /// The object on one line.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("type")
    writer.string("error")
    writer.key("code")
    writer.string(code)
    writer.key("layer")
    writer.string(layer.rawValue)
    writer.key("message")
    writer.string(message)
    writer.key("hint")
    if let hint { writer.string(hint) } else { writer.null() }
    writer.key("retryable")
    writer.bool(isRetryable)
    writer.key("exit")
    writer.number(Int(exit.rawValue))
    for fact in facts {
      writer.key(string: fact.name)
      writer.value(fact.value)
    }
    writer.endObject()
    writer.finishLine()
  }
}

/// Whether there is something at the path.
func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }
