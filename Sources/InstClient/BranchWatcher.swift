public import InstProtocol
import JSONText
public import Transport

/// Updates of a branch as they came: pieces of the frame's own text, valid only during the call that
/// shows them.
public struct BranchUpdates {
  /// The JSON array of update strings.
  public let updates: UnsafeRawBufferPointer
  /// How many there are.
  public let count: Int
  /// The JSON array of their times, where the server sent it.
  public let timestamps: UnsafeRawBufferPointer?
  /// Whether this is the branch's whole state, the first batch after a watch began.
  public let isInitial: Bool
  /// Whether an earlier connection had the whole state already.
  public let isReplay: Bool
  /// Whether the text can be copied to a line of output without another look
  /// (``JSONText/JSONCursor/isPlain``).
  public let isPlain: Bool
  /// The frame's message, where it has fields beyond those above; else nil.
  public let messageWithOtherFields: UnsafeRawBufferPointer?

  /// The updates as strings.
  public func strings() -> [String] {
    guard let value = try? JSONValue(parsing: updates) else { return [] }
    return (value.arrayValue ?? []).compactMap(\.stringValue)
  }
}

/// What went wrong on a branch that is watched.
public enum BranchError: Hashable, Sendable {
  /// The server reports an error.
  case error(ErrorInfo)
  /// The server refused the watch, and says which permission is missing.
  case permissionDenied(ErrorInfo)
  /// The branch is full. Sizes in bytes.
  case maxSizeReached(maximum: Double?, needed: Double?)
}

/// Whoever watches a branch: called on the event loop, in the order of what happened.
@EventLoop
public protocol BranchWatcher: AnyObject {
  /// The connection under the watch came or went.
  func connectionChanged(to state: ConnectionState)
  /// Updates arrived.
  func received(_ updates: BranchUpdates)
  /// The first batch has been handed over: from here on updates are news.
  func synced()
  /// A device action arrived, in a frame that is valid during the call.
  func received(action frame: ReceivedFrame)
  /// Something went wrong with the branch; after `isFinal` nothing more comes.
  func received(_ error: BranchError, isFinal: Bool)
  /// No more input is waiting.
  func receivedAll()
  /// The client has given up or was told to disconnect: nothing more comes.
  func ended()
}
