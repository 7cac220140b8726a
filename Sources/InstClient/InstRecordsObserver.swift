public import InstProtocol
public import Transport

/// What concerns the connection as a whole rather than one branch or request.
@EventLoop
public protocol InstRecordsObserver: AnyObject {
  /// The connection came or went.
  func clientConnectionChanged(to state: ConnectionState)
  /// The server dropped messages because there were too many; nothing is sent for so long.
  func rateLimited(retryAfterMilliseconds: Int64)
  /// The server reports an error that belongs to nothing that is under way.
  func received(_ error: ErrorInfo)
  /// A message of a type that is not known here, or that nobody waits for; valid during the call.
  func received(unclaimed frame: ReceivedFrame)
  /// A frame that cannot be understood.
  func receivedUnreadable(_ reason: String)
  /// An unacknowledged update is sent again.
  func resending(updateID: Int, tries: Int)
  /// Updates wait for their acknowledgement, or none does any more.
  func updatesSyncChanged(to state: UpdatesSync)
  /// The connection is given up; every request under way fails with the same error.
  func failed(_ error: ClientError)
}

/// Whether all updates that were given to a client are acknowledged.
public enum UpdatesSync: String, Hashable, Sendable {
  /// Some wait for their acknowledgement.
  case syncing
  /// None waits any more.
  case synced
}
