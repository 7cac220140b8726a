import InstProtocol
import JSONText
import WebSocket

/// What the lines of one kind begin with.
struct LineHead {
  /// The member `"type":"…"`.
  let type: StaticString
  /// The members that name the branch, as text; empty for lines that belong to none.
  let branch: [UInt8]

  /// - Parameter type: the member `"type":"…"`, ready to be written.
  init(_ type: StaticString, _ address: BranchAddress? = nil) {
    self.type = type
    branch = address.map(Self.members) ?? []
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

/// The time of day in quotes: the same for all lines of one wake-up.
struct LineClock {
  private(set) var quoted = [UInt8](repeating: UInt8(ascii: "\""), count: Timestamp.length + 2)
  private var turn: MonotonicTime?

  /// - Parameter turn: the time at which the loop woke up.
  mutating func update(in turn: MonotonicTime) {
    guard turn != self.turn else { return }
    self.turn = turn
    let now = Timestamp.now()
    quoted.withUnsafeMutableBytes { bytes in
      now.write(to: UnsafeMutableRawBufferPointer(rebasing: bytes[1...Timestamp.length]))
    }
  }
}
