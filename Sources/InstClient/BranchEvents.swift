public import InstProtocol
public import JSONText
import Transport

/// What happens on a branch that is watched.
public enum BranchEvent: Sendable {
  /// The connection came or went.
  case connection(ConnectionState)
  /// Updates, base64; `isInitial` with the whole state, the first batch after a watch began.
  case updates([String], isInitial: Bool)
  /// The first batch has been handed over: from here on updates are news.
  case sync
  /// A device action, as it came.
  case event(RawJSON)
  /// Something went wrong with the branch.
  case error(BranchError)
}

/// The events of a watch as they come, in batches.
///
/// The sequence ends with the watch: when it is called off, refused, or its client disconnects. To
/// cancel the reading task calls it off.
public typealias BranchEvents = EventStream<BranchEvent>

extension InstRecordsClient {
  /// Follows a branch; see ``watchBranchUpdates(_:temporary:markers:watcher:)`` for a way without
  /// copies.
  public func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool? = nil, markers: [String]? = nil
  ) -> BranchEvents {
    let mailbox = Mailbox<BranchEvent>(pausing: self)
    let watcher = MailingWatcher(mailbox)
    mailbox.onCancel = { [weak self, weak watcher] in
      // Another watch of the same branch may have taken this one's place.
      if let watcher { self?.unwatchBranchUpdates(address, by: watcher) }
    }
    watchBranchUpdates(address, temporary: temporary, markers: markers, watcher: watcher)
    return BranchEvents(mailbox)
  }
}

extension InstRecordsClient: ReadingPausable {}

/// Turns a watcher's calls into events.
@EventLoop
private final class MailingWatcher: BranchWatcher {
  private let mailbox: Mailbox<BranchEvent>

  init(_ mailbox: Mailbox<BranchEvent>) { self.mailbox = mailbox }

  func connectionChanged(to state: ConnectionState) { mailbox.post(.connection(state)) }

  func received(_ updates: BranchUpdates) {
    mailbox.add(.updates(updates.strings(), isInitial: updates.isInitial))
  }

  func synced() { mailbox.add(.sync) }

  func received(action frame: ReceivedFrame) {
    guard let action = frame.field("action") else { return }
    mailbox.add(.event(RawJSON(scanned: action)))
  }

  func received(_ error: BranchError, isFinal: Bool) {
    mailbox.post(.error(error))
    if isFinal { mailbox.finish() }
  }

  func ended() { mailbox.finish() }

  func receivedAll() { mailbox.wake() }
}
