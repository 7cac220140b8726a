import JSONText
import Transport

/// A step on the way to a connection that can be used, as diagnostics and traces tell it: those of
/// `ConnectStep`, and behind them `login`, or `http`.
struct ToldStep: Sendable {
  let name: String
  /// This step alone.
  let nanoseconds: Int64
  /// One sentence for people.
  let summary: String
  let facts: [ConnectFact]

  init(_ name: String, nanoseconds: Int64, summary: String, facts: [ConnectFact] = []) {
    self.name = name
    self.nanoseconds = nanoseconds
    self.summary = SecretMask.text(summary)
    self.facts = facts
  }

  init(_ report: ConnectReport) {
    self.init(
      report.step.rawValue, nanoseconds: report.nanoseconds, summary: report.summary,
      facts: report.facts)
  }

  /// Its members, without the summary where all steps are in one object.
  func write(to writer: inout JSONWriter, withSummary: Bool = true) {
    writer.key("step")
    writer.string(name)
    writer.key("durationMs")
    writer.milliseconds(nanoseconds)
    if withSummary {
      writer.key("summary")
      writer.string(summary)
    }
    guard !facts.isEmpty else { return }
    writer.key("facts")
    writer.beginObject()
    for fact in facts {
      writer.key(string: fact.name)
      switch fact.value {
      case .string(let text): writer.string(SecretMask.text(text))
      case .number(let number): writer.number(Int(number))
      case .bool(let value): writer.bool(value)
      case .list(let texts):
        writer.beginArray()
        for text in texts { writer.string(SecretMask.text(text)) }
        writer.endArray()
      }
    }
    writer.endObject()
  }
}

extension Int64 {
  /// Nanoseconds as milliseconds for people: `12.3 ms`.
  var asMilliseconds: String {
    let tenths = Swift.max(self, 0) / 100_000 + (Swift.max(self, 0) % 100_000 >= 50_000 ? 1 : 0)
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
