import InstProtocol
import JSONText
import Transport
import WebSocket

/// What the lines of one kind begin with: type, time, and the branch where they belong to one.
final class LineHead {
  private let type: StaticString
  /// The members that name the branch, as text; empty for lines that belong to none.
  private let branch: [UInt8]
  private var text: [UInt8] = []
  private var turn: MonotonicTime?
  /// What the stage said of the type.
  private var route: LineRoute?

  /// - Parameter type: the member `"type":"…"`, ready to be written.
  init(_ type: StaticString, _ address: BranchAddress? = nil) {
    self.type = type
    branch = (address?.answered).map(Self.members) ?? []
  }

  /// What becomes of the lines of this kind.
  @EventLoop
  func route(by stage: any LineStage) -> LineRoute {
    if let route { return route }
    let name = type.description.dropFirst("\"type\":\"".count).dropLast()
    let route = stage.route(of: String(name))
    self.route = route
    return route
  }

  /// Writes the beginning of a line, up to the first member of its own.
  ///
  /// - Parameter turn: the time at which the loop woke up. All lines of a wake-up have the same time
  ///   of day, so the text is made once for them.
  func write(to writer: inout JSONWriter, in turn: MonotonicTime) {
    if turn != self.turn {
      self.turn = turn
      text = made(at: .now())
    }
    writer.raw(text)
  }

  private func made(at time: Timestamp) -> [UInt8] {
    var writer = JSONWriter(capacity: 512)
    writer.beginObject()
    writer.literal(type)
    writer.key("time")
    writer.string(time.text)
    if !branch.isEmpty { writer.raw(branch) }
    return writer.bytes
  }

  /// `"recordName":…,"inst":…,"branch":…`, made once for all lines of the branch.
  private static func members(of address: BranchAddress) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.key("recordName")
    if let record = address.recordName { writer.string(record) } else { writer.null() }
    writer.key("inst")
    writer.string(address.inst)
    writer.key("branch")
    writer.string(address.branch)
    writer.endObject()
    return Array(writer.bytes.dropFirst().dropLast())
  }
}
