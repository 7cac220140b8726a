import JSONText
import WebSocket

extension Diagnostics {
  /// A step of a connection is done; for `-v`.
  func step(_ step: ToldStep, of connection: Int) {
    guard verbosity >= 2 else { return }
    tell("step", "\(step.name): \(step.summary) (\(step.nanoseconds.asMilliseconds))") { writer in
      writer.key("connection")
      writer.number(connection)
      step.write(to: &writer)
    }
  }

  /// A connection can be used: all its steps, and the time from its beginning; for `-v`.
  func connected(to url: String, _ steps: [ToldStep], nanoseconds: Int64, of connection: Int) {
    guard verbosity >= 2 else { return }
    let times = steps.map { "\($0.name) \($0.nanoseconds.asMilliseconds)" }
    tell(
      "connected",
      "connected to \(url) in \(nanoseconds.asMilliseconds): \(times.joined(separator: ", "))"
    ) { writer in
      writer.key("connection")
      writer.number(connection)
      writer.key("url")
      writer.string(url)
      writer.key("durationMs")
      writer.milliseconds(nanoseconds)
      writer.key("steps")
      writer.beginArray()
      for step in steps {
        writer.beginObject()
        step.write(to: &writer, withSummary: false)
        writer.endObject()
      }
      writer.endArray()
    }
  }

  /// A frame went or came; for `-vv`. What is in it is for `--trace`.
  func frame(_ frame: FrameRecord, of connection: Int) {
    guard verbosity >= 3 else { return }
    let type = frame.messageType.map(SecretMask.text)
    let size = frame.message?.count
    tell("frame", Self.text(of: frame, type: type)) { writer in
      writer.key("connection")
      writer.number(connection)
      writer.key("direction")
      writer.string(frame.direction.rawValue)
      writer.key("opcode")
      writer.string(frame.opcode.name)
      writer.key("wireBytes")
      writer.number(frame.wireSize)
      if let size {
        writer.key("messageBytes")
        writer.number(size)
      }
      if let type {
        writer.key("messageType")
        writer.string(type)
      }
    }
  }

  private static func text(of frame: FrameRecord, type: String?) -> String {
    let size = frame.message.map { $0.count == frame.wireSize ? "" : ", inflated \($0.count)" }
    return "\(frame.direction.rawValue): \(frame.opcode.name)"
      + (type.map { " \($0)" } ?? "") + ", \(frame.wireSize) bytes" + (size ?? ", to be continued")
  }
}
