import Transport

/// Events as they come, in batches: all that one wake-up brought. ``elements`` gives them one by one.
///
/// For one reader. While it is busy, at most ``highWater`` events gather before the server has to wait.
/// What brings the events is called off when the reading task is cancelled, and when the sequence is
/// no longer used by anybody.
public struct EventStream<Event: Sendable>: AsyncSequence, Sendable {
  /// A batch of events, in order; never empty.
  public typealias Element = [Event]

  /// So many events may wait for the reader.
  public static var highWater: Int { 4096 }

  private let reader: StreamReader<Event>

  @EventLoop
  init(_ mailbox: Mailbox<Event>) { reader = StreamReader(mailbox) }

  /// Gives the batches one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let reader: StreamReader<Event>

    /// The next batch; nil after the end.
    public mutating func next() async -> [Event]? { await reader.mailbox.next() }
  }

  /// Starts to read.
  public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

  /// The same events one by one.
  public var elements: EventStreamElements<Event> { EventStreamElements(stream: self) }
}

/// The events of an ``EventStream`` one by one.
public struct EventStreamElements<Element: Sendable>: AsyncSequence, Sendable {
  fileprivate let stream: EventStream<Element>

  /// Gives the events one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate var batches: EventStream<Element>.Iterator
    fileprivate var batch: ArraySlice<Element> = []

    /// The next event; nil after the end.
    public mutating func next() async -> Element? {
      if batch.isEmpty { batch = await batches.next()?[...] ?? [] }
      return batch.popFirst()
    }
  }

  /// Starts to read.
  public func makeAsyncIterator() -> Iterator {
    Iterator(batches: stream.makeAsyncIterator())
  }
}

/// Calls the events off when nobody can read them any more.
private final class StreamReader<Event: Sendable>: Sendable {
  let mailbox: Mailbox<Event>

  init(_ mailbox: Mailbox<Event>) { self.mailbox = mailbox }

  deinit {
    let mailbox = mailbox
    EventLoop.start { mailbox.cancel() }
  }
}

/// Gathers events for a reader.
@EventLoop
final class Mailbox<Event: Sendable> {
  /// Called once when the reader is gone: ends what brings the events.
  var onCancel: (@EventLoop () -> Void)?

  private weak var connection: (any ReadingPausable)?
  private var events: [Event] = []
  private var isOver = false
  private var isPaused = false
  private var arrival: Promise<Void>?

  /// - Parameter connection: what has to wait when the reader is slow.
  init(pausing connection: any ReadingPausable) { self.connection = connection }

  /// Adds an event; ``wake()`` shows it to the reader.
  func add(_ event: Event) {
    guard !isOver else { return }
    events.append(event)
    if events.count >= EventStream<Event>.highWater { pause() }
  }

  /// Shows the reader what was added.
  func wake() {
    guard !events.isEmpty || isOver else { return }
    arrival?.fulfil(())
  }

  /// Adds one event and shows it.
  func post(_ event: Event) {
    add(event)
    wake()
  }

  /// Nothing more comes.
  func finish() {
    isOver = true
    onCancel = nil
    wake()
  }

  fileprivate func next() async -> [Event]? {
    while events.isEmpty, !isOver, !Task.isCancelled {
      let arrival = Promise<Void>()
      self.arrival = arrival
      await arrival.value(onCancel: ())
    }
    if Task.isCancelled { cancel() }
    guard !events.isEmpty else { return nil }
    var batch: [Event] = []
    swap(&batch, &events)
    resume()
    return batch
  }

  fileprivate func cancel() {
    events = []
    let onCancel = self.onCancel
    finish()
    resume()
    onCancel?()
  }

  private func pause() {
    guard !isPaused else { return }
    isPaused = true
    connection?.pauseReading()
  }

  private func resume() {
    guard isPaused else { return }
    isPaused = false
    connection?.resumeReading()
  }
}

/// Something whose peer can be made to wait. Each pause needs one resume.
@EventLoop
protocol ReadingPausable: AnyObject {
  func pauseReading()
  func resumeReading()
}
