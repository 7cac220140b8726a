import Glibc
import Transport

/// Lines of stdin or of a file, read only when asked for, without blocking the loop.
@EventLoop
final class LineReader: ReadinessHandler {
  /// What reading a line gave.
  enum Outcome: Sendable {
    case line([UInt8])
    case end
    case tooLong(limit: Int)
    case failed(code: Int32)
    case cancelled
  }

  private let descriptor: Int32
  private let limit: Int
  private var buffer: [UInt8] = []
  private var head = 0
  private var searched = 0
  private var isAtEnd = false
  private var registration: Reactor.Registration?
  private var waiter: Promise<Bool>?

  /// - Parameter limit: the longest line accepted, in bytes.
  init(descriptor: Int32, limit: Int) {
    self.descriptor = descriptor
    self.limit = limit
    // Files cannot be watched, and are always ready.
    registration = try? Reactor.shared.add(descriptor, [], self)
  }

  /// The next line without its line feed; the last one needs none.
  func next() async -> Outcome {
    while true {
      if let end = buffer[(head + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[head..<end])
        head = end + 1
        searched = 0
        return .line(line)
      }
      searched = buffer.count - head
      if searched > limit { return .tooLong(limit: limit) }
      if isAtEnd {
        guard searched > 0 else { return .end }
        let line = Array(buffer[head...])
        buffer = []
        head = 0
        searched = 0
        return .line(line)
      }
      if let end = await fill() { return end }
    }
  }

  /// The first bytes of what is left, as far as they have come, without taking them: at least one, but
  /// at the end.
  func peek() async -> Outcome {
    while head == buffer.count, !isAtEnd {
      if let end = await fill() { return end }
    }
    return .line(Array(buffer[head...].prefix(4096)))
  }

  /// All that is left, line feeds and all.
  func rest() async -> Outcome {
    while !isAtEnd {
      if buffer.count - head > limit { return .tooLong(limit: limit) }
      if let end = await fill() { return end }
    }
    let rest = Array(buffer[head...])
    buffer = []
    head = 0
    searched = 0
    return .line(rest)
  }

  /// Reads more; gives what ends the reading, if something does.
  private func fill() async -> Outcome? {
    buffer.removeFirst(head)
    head = 0
    if registration != nil, !(await untilReadable()) { return .cancelled }
    let code = readMore()
    // Without a watch there is nothing to wait for, and no end of trying.
    if code == EAGAIN && registration == nil { return .failed(code: code) }
    return code != 0 && code != EAGAIN ? .failed(code: code) : nil
  }

  private func untilReadable() async -> Bool {
    let waiter = Promise<Bool>()
    self.waiter = waiter
    if let registration { Reactor.shared.change(registration, to: .readable) }
    let isReady = await waiter.value(onCancel: false)
    if let registration { Reactor.shared.change(registration, to: []) }
    self.waiter = nil
    return isReady
  }

  func ready(_ readiness: Readiness) {
    if let waiter {
      waiter.fulfil(true)
    } else if let registration {
      // A writer that went away is reported whether asked or not: the next read will meet its end.
      Reactor.shared.remove(registration)
      self.registration = nil
    }
  }

  private func readMore() -> Int32 {
    let size = 64 * 1024
    var code: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: size) { space, count in
      while true {
        let got = read(descriptor, space.baseAddress, size)
        code = got < 0 ? errno : 0
        if code == EINTR { continue }
        count = max(0, got)
        return
      }
    }
    isAtEnd = chunk.isEmpty && code == 0
    buffer += chunk
    return code
  }
}
