public import InstProtocol
public import JSONText
import Transport

/// The streams that tell of a client as a whole.
@EventLoop
struct ClientStreams {
  let rateLimits = EventHub<Int64>()
  let sync = EventHub<UpdatesSync>()
  let errors = EventHub<ErrorInfo>()
  let messages = EventHub<RawJSON>()
  let states = EventHub<ConnectionState>()

  /// Ends all of them.
  func finish() {
    rateLimits.finish()
    sync.finish()
    errors.finish()
    messages.finish()
    states.finish()
  }
}

/// Events of one kind for any number of readers.
@EventLoop
final class EventHub<Event: Sendable> {
  private var readers: [(tag: String?, mailbox: Mailbox<Event>)] = []

  /// Whether anybody reads.
  var isUsed: Bool { !readers.isEmpty }

  /// A stream of the events from now on.
  ///
  /// - Parameter tag: of these alone; nil for all.
  func stream(pausing connection: any ReadingPausable, tag: String? = nil) -> EventStream<Event> {
    let mailbox = Mailbox<Event>(pausing: connection)
    mailbox.onCancel = { [weak self, weak mailbox] in
      self?.readers.removeAll { $0.mailbox === mailbox }
    }
    readers.append((tag, mailbox))
    return EventStream(mailbox)
  }

  /// Gives an event to everybody whose tag fits.
  func post(_ event: Event, tag: String? = nil) {
    for reader in readers where reader.tag == nil || reader.tag == tag {
      reader.mailbox.post(event)
    }
  }

  /// Nothing more comes.
  func finish() {
    for reader in readers { reader.mailbox.finish() }
    readers = []
  }
}

extension InstRecordsClient {
  /// Each limit of rates that the server tells of: how long nothing is sent, in milliseconds.
  public func watchRateLimitExceeded() -> EventStream<Int64> {
    streams.rateLimits.stream(pausing: self)
  }

  /// Whether updates wait for their acknowledgement, each time that changes.
  public func watchUpdatesSync() -> EventStream<UpdatesSync> {
    streams.sync.stream(pausing: self)
  }

  /// Errors of the server that belong to nothing that is under way.
  public func onError() -> EventStream<ErrorInfo> {
    streams.errors.stream(pausing: self)
  }

  /// Messages of a type that is not known here, or that nobody waits for.
  ///
  /// - Parameter type: the one type to hear of; nil for all.
  public func event(_ type: String? = nil) -> EventStream<RawJSON> {
    streams.messages.stream(pausing: self, tag: type)
  }

  /// The connection's states, from the next change on.
  public func connectionStates() -> EventStream<ConnectionState> {
    streams.states.stream(pausing: self)
  }
}
