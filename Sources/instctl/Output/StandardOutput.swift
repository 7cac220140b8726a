import Glibc
import JSONText
import Transport
import WebSocket

/// stdout: lines are gathered and written together when no more input is waiting, without ever
/// blocking the loop.
///
/// A reader that is slow makes the output stall; whoever produces lines then stops reading from the
/// network until it goes on, so that memory stays flat and the peer waits.
@EventLoop
final class StandardOutput: ReadinessHandler {
  /// The lines that are not written yet.
  var writer = JSONWriter(capacity: 128 * 1024)

  /// Output stalled (true) or goes on (false).
  var onStall: (@EventLoop (Bool) -> Void)?
  /// Nobody reads stdout any more, or it failed with an `errno`.
  var onEnd: (@EventLoop (End) -> Void)?

  enum End: Hashable, Sendable {
    case readerGone
    case failed(code: Int32)
  }

  /// Which lines are taken.
  enum Taken {
    case all
    /// Frames of the wire, instead of the command's own lines.
    case frames
    case nothing
  }

  /// Which lines are taken from now on.
  var taken = Taken.all

  /// What lines go through before they are gathered; to be set before the first one. Without it they
  /// are written straight to where they are gathered.
  var stage: (any LineStage)?

  private(set) var isStalled = false
  private(set) var ended: End?

  /// Takes the place of the writer for a line that is not shown, or goes through the stage.
  private var aside = JSONWriter(capacity: 64)
  /// What becomes of the line that was begun.
  private var route = LineRoute.shown

  private let descriptor: Int32
  private let isSocket: Bool
  /// Whether a row of progress may stand where the output goes.
  private let isTerminal: Bool
  private var registration: Reactor.Registration?
  private var written = 0

  /// Gathered output beyond this is written at once.
  private static let flushSize = 64 * 1024

  init() {
    var status = stat()
    let type = fstat(STDOUT_FILENO, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
    isSocket = type == S_IFSOCK
    isTerminal = type == S_IFCHR && isatty(STDOUT_FILENO) == 1
    var descriptor = STDOUT_FILENO
    if type == S_IFIFO || type == S_IFCHR {
      // A descriptor of our own can be non-blocking; to make the one that was given so would change
      // it for the shell and for other processes, too.
      let own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
      if own >= 0 { descriptor = own }
    }
    self.descriptor = descriptor
    // Watched for nothing, it still tells when the reader goes. Files cannot be watched, and need
    // not be.
    registration = try? Reactor.shared.add(descriptor, [], self)
  }

  /// Writes a line.
  func line(_ head: LineHead, _ members: (inout JSONWriter) -> Void) {
    if taken == .all { take(head, members) }
  }

  /// Writes a line that shows a frame of the wire.
  func frameLine(_ head: LineHead, _ members: (inout JSONWriter) -> Void) {
    if taken != .nothing { take(head, members) }
  }

  private func take(_ head: LineHead, _ members: (inout JSONWriter) -> Void) {
    if let stage {
      switch head.route(by: stage) {
      case .shown: break
      case .staged: return staged(head, members, by: stage)
      case .dropped: return
      }
    }
    // One access to the writer for all of it: each is checked at run time.
    Self.append(head, in: Reactor.shared.now, members, to: &writer)
    flushIfFull()
  }

  private static func append(
    _ head: LineHead, in turn: MonotonicTime, _ members: (inout JSONWriter) -> Void,
    to writer: inout JSONWriter
  ) {
    head.write(to: &writer, in: turn)
    members(&writer)
    writer.endObject()
    writer.finishLine()
  }

  private func staged(
    _ head: LineHead, _ members: (inout JSONWriter) -> Void, by stage: any LineStage
  ) {
    Self.append(head, in: Reactor.shared.now, members, to: &aside)
    pass(to: stage)
  }

  /// Hands the line that was put aside to the stage.
  private func pass(to stage: any LineStage) {
    aside.withUnsafeBytes { line in
      stage.pass(UnsafeRawBufferPointer(rebasing: line.dropLast()), into: &writer)
    }
    forgetAside()
    flushIfFull()
  }

  private func forgetAside() {
    // One huge line must not keep its room for good.
    aside.removeAll(keepingCapacity: aside.count <= 1 << 20)
  }

  /// Begins a line that is written in steps.
  func beginLine(_ head: LineHead) {
    route = taken != .all ? .dropped : stage.map { head.route(by: $0) } ?? .shown
    if route != .shown { swap(&writer, &aside) }
    head.write(to: &writer, in: Reactor.shared.now)
  }

  /// Ends a line that was begun.
  func endLine() {
    writer.endObject()
    writer.finishLine()
    if route == .shown { return flushIfFull() }
    swap(&writer, &aside)
    if route == .staged, let stage { pass(to: stage) } else { forgetAside() }
  }

  private func flushIfFull() {
    if writer.count - written >= Self.flushSize { flush() }
  }

  /// From this size on ``straightOut(_:)`` is the better way for a value.
  static let straightOutSize = 64 * 1024

  /// Writes a large value in the middle of a line straight from where it is.
  func straightOut(_ json: UnsafeRawBufferPointer) {
    switch route {
    case .shown: break
    case .staged: return writer.raw(json)
    case .dropped: return
    }
    flush()
    var rest = json
    while !rest.isEmpty, !isStalled, ended == nil {
      let count = put(rest)
      if count == 0 { break }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    // With nothing left it still counts as the value, after which a comma is due.
    writer.raw(rest)
  }

  /// Writes out what has gathered, as far as the reader takes it.
  func flush() {
    if isTerminal, written < writer.count { StatusLine.clear() }
    while ended == nil, written < writer.count {
      let count = writer.withUnsafeBytes { bytes in
        put(UnsafeRawBufferPointer(rebasing: bytes[written...]))
      }
      if count == 0 { break }
      written += count
    }
    if written == writer.count || ended != nil {
      // One huge line must not keep its room for good.
      writer.removeAll(keepingCapacity: writer.count <= 1 << 20)
      written = 0
    }
    setStalled(ended == nil && writer.count > written)
  }

  /// How much of it the descriptor took; 0 where it takes none now, or ended.
  private func put(_ bytes: UnsafeRawBufferPointer) -> Int {
    while true {
      let count =
        isSocket
        ? send(
          descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        : write(descriptor, bytes.baseAddress, bytes.count)
      let code = errno
      if count > 0 { return count }
      switch code {
      case EINTR: continue
      case EAGAIN: return 0
      case EPIPE, ECONNRESET: end(.readerGone)
      default: end(.failed(code: code))
      }
      return 0
    }
  }

  private func setStalled(_ stalled: Bool) {
    guard stalled != isStalled else { return }
    isStalled = stalled
    if let registration {
      Reactor.shared.change(registration, to: stalled ? .writable : [])
    }
    onStall?(stalled)
  }

  private func end(_ end: End) {
    guard ended == nil else { return }
    ended = end
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    onEnd?(end)
  }

  func ready(_ readiness: Readiness) {
    if isStalled {
      flush()
    } else if readiness.contains([.readable, .writable]) {
      end(.readerGone)
    }
  }

  /// Writes out everything, waiting for the reader as long as it takes.
  func finish() async {
    flush()
    while isStalled {
      let promise = Promise<Void>()
      let previous = onStall
      onStall = { stalled in
        previous?(stalled)
        if !stalled { promise.fulfil(()) }
      }
      await promise.get()
      onStall = previous
    }
  }
}
