import InstProtocol
import JSONText
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
