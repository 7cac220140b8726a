/// How much is known of each client: the clock that its next struct will have.
public struct StateVector: Hashable, Sendable {
  /// The next clock by client; never 0.
  public private(set) var clocks: [Int: Int] = [:]

  /// Nothing is known.
  public init() {}

  /// Reads what Yjs calls an encoded state vector.
  ///
  /// - Throws: ``YjsError`` where the bytes are none.
  public init(decoding bytes: [UInt8]) throws(YjsError) {
    clocks = try reading(bytes) { (bytes) throws(YjsError) in
      var reader = ByteReader(bytes)
      var clocks: [Int: Int] = [:]
      for _ in 0..<(try reader.varUint()) {
        let client = try reader.varUint()
        let clock = try reader.varUint()
        clocks[client] = clock == 0 ? nil : clock
      }
      guard reader.isAtEnd else { throw YjsError(.trailingBytes, at: reader.position) }
      return clocks
    }
  }

  /// The next clock of a client, 0 where nothing is known of it.
  public subscript(client: Int) -> Int {
    get { clocks[client] ?? 0 }
    set { clocks[client] = newValue == 0 ? nil : newValue }
  }

  /// Whether all that the other knows is known here too.
  public func includes(_ other: StateVector) -> Bool {
    other.clocks.allSatisfy { self[$0.key] >= $0.value }
  }

  /// The bytes that Yjs writes, higher clients first.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.varUint(clocks.count)
    for (client, clock) in clocks.sorted(by: { $0.key > $1.key }) {
      writer.varUint(client)
      writer.varUint(clock)
    }
    return writer.bytes
  }
}
