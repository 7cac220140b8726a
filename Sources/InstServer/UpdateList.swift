import InstProtocol
import JSONText

/// The updates of a branch, kept as the JSON text in which they are sent out again.
struct UpdateList: Sendable {
  /// For what updates are sent.
  enum Purpose {
    /// At the beginning of a watch.
    case initial
    /// As answer to `repo/get_updates`.
    case stored
  }

  /// The strings with commas between them.
  private(set) var text: [UInt8] = []
  /// When each update has come, in milliseconds since the Unix epoch.
  private(set) var timestamps: [Int64] = []
  /// The length of the updates, in bytes of base64.
  private(set) var size = 0

  /// How many updates there are.
  var count: Int { timestamps.count }

  /// How much memory they take, in bytes.
  var memory: Int { Self.memory(text: text.count, count: count) }

  /// How much memory `count` updates take, in bytes.
  static func memory(text: Int, count: Int) -> Int { text + 8 * count }

  /// Appends the elements of an array.
  ///
  /// - Parameters:
  ///   - array: The text of an array of strings.
  ///   - count: How many there are.
  ///   - size: How long they are together, in bytes of base64.
  /// - Returns: How much memory they take, in bytes.
  mutating func append(
    _ array: UnsafeRawBufferPointer, count: Int, size: Int, at time: Int64
  ) -> Int {
    guard count > 0, array.count > 2 else { return 0 }
    let before = memory
    if !text.isEmpty { text.append(UInt8(ascii: ",")) }
    text.append(contentsOf: array[1..<(array.count - 1)])
    timestamps.append(contentsOf: repeatElement(time, count: count))
    self.size += size
    return memory - before
  }

  /// The frame with all updates.
  ///
  /// - Parameter id: That of the envelope.
  func frame(_ address: BranchAddress, _ purpose: Purpose, id: JSONNumber) -> [UInt8] {
    var writer = JSONWriter(capacity: text.count + 16 * count + 512)
    writer.beginArray()
    writer.number(1)
    writer.number(id)
    writer.beginObject()
    writer.literal(#""type":"repo/add_updates""#)
    writer.key("recordName")
    if let recordName = address.recordName { writer.string(recordName) } else { writer.null() }
    writer.key("inst")
    writer.string(address.inst)
    writer.key("branch")
    writer.string(address.branch)
    writer.key("updates")
    writer.beginArray()
    if !text.isEmpty { text.withUnsafeBytes { writer.raw($0) } }
    writer.endArray()
    switch purpose {
    case .initial: writer.literal(#""initial":true"#)
    case .stored:
      writer.key("timestamps")
      writer.beginArray()
      for timestamp in timestamps { writer.number(Int(timestamp)) }
      writer.endArray()
    }
    writer.endObject()
    writer.endArray()
    return writer.bytes
  }
}
