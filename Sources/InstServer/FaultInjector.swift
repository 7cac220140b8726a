import InstProtocol
import JSONText
import WebSocket

/// Decides for each frame of a server whether and when it is sent.
///
/// What is reordered is what real servers reorder: answers to different requests, the parts of an
/// answer to an HTTP request, and updates that are relayed with the batch that a watch begins with
/// (PROTOCOL section 5). A login's result is never held; the changes of one branch's devices, its
/// live updates, and its batches keep their order among themselves, and so do parts without a number.
struct FaultInjector {
  /// What becomes of a frame.
  enum Fate: Equatable {
    /// It is never sent.
    case drop
    /// It is sent then, behind all that is due at the same time and was decided earlier.
    case send(at: MonotonicTime)
  }

  /// Frames that stay in order.
  private enum Sequence: Hashable {
    case batches(BranchAddress)
    case updates(BranchAddress)
    case devices(BranchAddress)
    case unnumberedParts
  }

  private let faults: Faults
  private var generator: SplitMix64
  private var acknowledgements = 0
  /// When the last frame of each sequence is due, for those that are not over.
  private var due: [ClientID: [Sequence: MonotonicTime]] = [:]
  /// When the last frame of a client is due.
  private var lastDue: [ClientID: MonotonicTime] = [:]

  init(_ faults: Faults) {
    self.faults = faults
    generator = SplitMix64(seed: faults.seed)
  }

  /// Decides about a frame.
  mutating func fate(of frame: [UInt8], to client: ClientID, now: MonotonicTime) -> Fate {
    let traits = frame.withUnsafeBytes { Traits($0) }
    if traits.isAcknowledgement, let nth = faults.droppedAcknowledgement {
      acknowledgements += 1
      if nth > 0, acknowledgements.isMultiple(of: nth) { return .drop }
    }
    var time = now.advanced(byMilliseconds: max(0, faults.latencyMilliseconds))
    if faults.reorders, traits.mayBeHeld, Bool.random(using: &generator) {
      let hold = Int64.random(in: 1...faults.maximumHoldMilliseconds, using: &generator)
      time = time.advanced(byMilliseconds: hold)
    }
    if faults.reorders, let sequence = traits.sequence {
      if let earlier = due[client]?[sequence] { time = max(time, earlier) }
      forgetPast(of: client, now: now)
      due[client, default: [:]][sequence] = time
    }
    lastDue[client] = max(time, lastDue[client] ?? time)
    return .send(at: time)
  }

  /// When a client may be closed: behind all its frames.
  func closingTime(of client: ClientID, now: MonotonicTime) -> MonotonicTime {
    let time = now.advanced(byMilliseconds: max(0, faults.latencyMilliseconds))
    return max(time, lastDue[client] ?? time)
  }

  /// A client is gone.
  mutating func forget(_ client: ClientID) {
    due[client] = nil
    lastDue[client] = nil
  }

  private mutating func forgetPast(of client: ClientID, now: MonotonicTime) {
    guard let sequences = due[client], sequences.count >= 64 else { return }
    due[client] = sequences.filter { $0.value > now }
  }

  /// What matters of a frame.
  private struct Traits {
    var isAcknowledgement = false
    var mayBeHeld = true
    var sequence: Sequence?

    init(_ frame: UnsafeRawBufferPointer) {
      let scan: MessageScan
      do throws(MessageScanError) { scan = try MessageScan(frame) } catch { return }
      guard scan.form == .message else { return }
      switch scan.type {
      case .loginResult: mayBeHeld = false
      case .updatesReceived: isAcknowledgement = scan.errorCode == nil
      case .addUpdates where scan.initial != nil:
        sequence = scan.address(in: frame).map(Sequence.batches)
      case .addUpdates where scan.timestamps == nil:
        sequence = scan.address(in: frame).map(Sequence.updates)
      case .connectedToBranch, .disconnectedFromBranch:
        sequence = Self.devices(scan, in: frame)
      case .documentedHTTPResponse, .documentedHTTPPartialResponse: sequence = .unnumberedParts
      default: break
      }
    }

    private static func devices(
      _ scan: MessageScan, in frame: UnsafeRawBufferPointer
    ) -> Sequence? {
      guard let content = scan.content?.bytes(in: frame) else { return nil }
      switch try? ServerMessage(parsing: content) {
      case .connectedToBranch(let news): return .devices(news.branch.address)
      case .disconnectedFromBranch(let news): return .devices(news.address)
      default: return nil
      }
    }
  }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
