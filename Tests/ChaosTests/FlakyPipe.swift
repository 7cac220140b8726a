import Glibc
import WebSocket

@testable import Transport

/// One direction of a connection over a link.
@EventLoop
final class FlakyPipe {
  /// Where the connection will break.
  var cut: FlakyLink.Cut?
  /// Called when the connection has to end; with a reset?
  var onFailure: (@EventLoop (Bool) -> Void)?
  /// Called when it is time to move on.
  var onDue: (@EventLoop () -> Void)?

  private let source: FlakyEnd
  private let sink: FlakyEnd
  private let direction: Direction
  private let link: FlakyLink
  private var chunks: [(due: MonotonicTime, bytes: ArraySlice<UInt8>)] = []
  private var size = 0
  private var sourceHasEnded = false
  private var timer: Reactor.TimerID?
  /// The end of the source has been passed on.
  private(set) var isDone = false

  /// As much as a slow network holds.
  private static let capacity = 256 << 10

  init(from source: FlakyEnd, to sink: FlakyEnd, _ direction: Direction, over link: FlakyLink) {
    self.source = source
    self.sink = sink
    self.direction = direction
    self.link = link
  }

  private var isStalled: Bool { link.weather.stalled.contains(direction) }

  /// Takes what there is, and gives what may go.
  func move() {
    guard !isDone, onFailure != nil else { return }
    if !isStalled { take() }
    guard onFailure != nil else { return }
    let isBlocked = give()
    guard onFailure != nil else { return }
    source.wantsToRead = !isStalled && !sourceHasEnded && size < Self.capacity
    sink.wantsToWrite = isBlocked && !isStalled
  }

  func stop() {
    onFailure = nil
    onDue = nil
    if let timer { Reactor.shared.cancel(timer) }
    timer = nil
  }

  private func take() {
    while size < Self.capacity, !sourceHasEnded {
      var code: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { space, count in
        let got = recv(source.descriptor, space.baseAddress, space.count, 0)
        code = got < 0 ? errno : 0
        count = max(0, got)
      }
      if code == EAGAIN || code == ENOTCONN { return }
      guard code == 0 else { return fail(resets: true) }
      if bytes.isEmpty {
        sourceHasEnded = true
      } else {
        let due = MonotonicTime.current().advanced(
          byMilliseconds: link.weather.latencyMilliseconds)
        chunks.append((due, bytes[...]))
        size += bytes.count
      }
    }
  }

  /// Gives the sink what is due; true where it takes no more.
  private func give() -> Bool {
    while let (due, bytes) = chunks.first, !isStalled {
      guard due <= .current() else {
        wake(at: due)
        return false
      }
      let piece = bytes.prefix(min(link.weather.pieceSize ?? .max, cut?.bytesLeft ?? .max))
      let sent = piece.withUnsafeBytes {
        send(sink.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent < 0 {
        // Not connected yet counts as full.
        if errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS { return true }
        fail(resets: true)
        return false
      }
      drop(sent)
      cut?.bytesLeft -= sent
      if let cut, cut.bytesLeft <= 0 {
        fail(resets: cut.resets)
        return false
      }
      if link.weather.pieceSize != nil {
        wake(at: .current())
        return false
      }
    }
    if chunks.isEmpty, sourceHasEnded, !isDone {
      isDone = true
      shutdown(sink.descriptor, Int32(SHUT_WR))
    }
    return false
  }

  private func drop(_ count: Int) {
    chunks[0].bytes = chunks[0].bytes.dropFirst(count)
    if chunks[0].bytes.isEmpty { chunks.removeFirst() }
    size -= count
  }

  /// Goes on later: in the loop's next turn at the soonest, so that the other side reads each piece.
  private func wake(at time: MonotonicTime) {
    guard timer == nil else { return }
    timer = Reactor.shared.schedule(at: time) { [weak self] in
      self?.timer = nil
      self?.onDue?()
    }
  }

  private func fail(resets: Bool) { onFailure?(resets) }
}
