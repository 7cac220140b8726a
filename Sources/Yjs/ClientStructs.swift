/// All that one client made: its structs, ordered by clock and without a gap, and their contents.
///
/// Contents come in the order of the clocks. So neighbours by clock are neighbours in memory, and
/// splitting an item or merging two moves nothing.
struct ClientStructs: Sendable {
  let client: Int
  /// The clock of each struct.
  var clocks: [Int] = []
  /// The place of each struct in the store.
  var handles: [ItemHandle] = []
  /// The clock of the next struct.
  var state = 0
  /// The state before the transaction that is on, -1 where it has added nothing.
  var stateBefore = -1
  var text: [UInt16] = []
  var blobs = Blobs()
  /// How much of the text and how many blobs no item holds any more.
  var unusedText = 0
  var unusedBlobs = 0

  init(client: Int) {
    self.client = client
  }

  /// Where the struct is that covers a clock below the state.
  func position(of clock: Int) -> Int {
    var low = 0
    var high = clocks.count - 1
    if high >= 0, clocks[high] <= clock { return high }
    while low + 1 < high {
      let middle = (low + high) / 2
      if clocks[middle] <= clock { low = middle } else { high = middle }
    }
    return low
  }
}

/// Encoded contents, one behind the other.
struct Blobs: Sendable {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }

  subscript(index: Int) -> ArraySlice<UInt8> { self[index..<index + 1] }

  subscript(range: Range<Int>) -> ArraySlice<UInt8> {
    guard !range.isEmpty else { return [] }
    return bytes[
      (range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1])..<ends[range.upperBound - 1]]
  }

  mutating func append(_ content: some Collection<UInt8>) {
    bytes.append(contentsOf: content)
    ends.append(bytes.count)
  }

  /// Appends what the body writes.
  mutating func append(_ write: (inout ByteWriter) -> Void) {
    var writer = ByteWriter()
    swap(&writer.bytes, &bytes)
    write(&writer)
    swap(&writer.bytes, &bytes)
    ends.append(bytes.count)
  }
}
