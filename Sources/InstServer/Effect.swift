public import InstProtocol
public import JSONText

/// One open connection, by the number that the driver has given it.
public struct ClientID: Hashable, Sendable {
  /// The number.
  public var rawValue: UInt64

  /// The connection with this number.
  public init(_ rawValue: UInt64) {
    self.rawValue = rawValue
  }
}

/// What the driver is to do.
///
/// The order counts: what stands behind a ``store(_:)`` tells the world that the updates are safe, so
/// it must wait until they are. Several stores may share one flush.
public enum Effect: Hashable, Sendable {
  /// Send a text frame. One array is shared by all who get the same.
  case send(ClientID, [UInt8])
  /// Close the connection: with this code, or with a close frame that has none (RFC 6455 section
  /// 5.5.1).
  case close(ClientID, code: UInt16?)
  /// Append updates to what is stored.
  case store(StoredUpdates)
}

/// Updates of a branch as they are stored, one record for each message that has brought some.
public struct StoredUpdates: Hashable, Sendable {
  /// The branch.
  public var address: BranchAddress
  /// The updates: an array of strings.
  public var updates: RawJSON
  /// When they came, in milliseconds since the Unix epoch.
  public var timestamp: Int64

  /// A record.
  public init(address: BranchAddress, updates: RawJSON, timestamp: Int64) {
    self.address = address
    self.updates = updates
    self.timestamp = timestamp
  }
}
