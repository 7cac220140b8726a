import InstProtocol
import JSONText

/// Counts the messages of each client address, in windows that begin with the first message.
struct RateLimiter: Sendable {
  /// How a message fares.
  enum Verdict: Equatable {
    /// It is let through.
    case pass
    /// It is dropped.
    case drop(retryAfterMilliseconds: Int64, totalHits: Int)
  }

  private struct Window: Sendable {
    var start: Int64
    var hits: Int
  }

  private let limit: ServerConfiguration.RateLimit
  private var windows: [String: Window] = [:]
  /// When so many addresses are known, those are forgotten whose window is over.
  private var sweepThreshold = 1_024

  init(_ limit: ServerConfiguration.RateLimit) {
    self.limit = limit
  }

  /// Counts a message.
  mutating func count(_ address: String, now: Int64) -> Verdict {
    var window = windows[address] ?? Window(start: now, hits: 0)
    if isOver(window, now: now) { window = Window(start: now, hits: 0) }
    window.hits += 1
    windows[address] = window
    sweep(now: now)
    guard window.hits > limit.maximumMessages else { return .pass }
    let rest = limit.windowMilliseconds - (now - window.start)
    return .drop(retryAfterMilliseconds: rest, totalHits: window.hits)
  }

  /// A clock that was set back ends a window, too: else it could last for ever.
  private func isOver(_ window: Window, now: Int64) -> Bool {
    now < window.start || now - window.start >= limit.windowMilliseconds
  }

  private mutating func sweep(now: Int64) {
    guard windows.count >= sweepThreshold else { return }
    windows = windows.filter { !isOver($0.value, now: now) }
    sweepThreshold = max(1_024, 2 * windows.count)
  }
}

extension InstServerCore {
  /// Whether a message of a connection is to be looked at. One that is dropped is noticed at most
  /// once a second.
  mutating func isWithinRate(
    _ client: ClientID, now: Int64, effects: inout [Effect]
  ) -> Bool {
    guard let session = sessions[client], !session.isClosing else { return false }
    guard case .drop(let wait, let hits)? = rateLimiter?.count(session.address, now: now) else {
      return true
    }
    if let last = session.lastNotice, now >= last, now - last < 1_000 { return false }
    sessions[client]?.lastNotice = now
    let notice =
      switch configuration.dialect {
      case .deployed:
        RateLimitExceeded(
          retryAfter: JSONNumber(Double(wait) / 1_000) ?? 0, totalHits: JSONNumber(hits))
      case .documented: RateLimitExceeded(retryAfter: JSONNumber(Int(wait)))
      }
    send(.rateLimitExceeded(notice), to: client, effects: &effects)
    return false
  }
}
