import InstProtocol
import JSONText
import Transport

/// One watched branch: holds updates that overtake the first batch, and hands them over with it
/// (PROTOCOL section 5, Watch).
@EventLoop
final class BranchWatch {
  /// How far the watch is on the present connection.
  enum Stage {
    /// The connection is down, or the request not sent yet.
    case idle
    /// The request is sent.
    case requested
    /// The first batch is here.
    case synced
  }

  let address: BranchAddress
  let request: WatchBranch
  private let matcher: AddressMatcher
  let watcher: any BranchWatcher
  var stage = Stage.idle
  /// The server has agreed to the watch on the present connection.
  var isAccepted = false
  /// The envelope's id of the request.
  var frameID: Int?
  /// How often it was sent on the present connection, and when last.
  var sending = SentRequest()

  private var wasSynced = false
  private var held = HeldUpdates()

  init(_ address: BranchAddress, request: WatchBranch, watcher: any BranchWatcher) {
    self.address = address
    self.request = request
    self.watcher = watcher
    matcher = AddressMatcher(address.answered)
  }

  /// Whether the frame is about this branch.
  func isAbout(_ frame: ReceivedFrame) -> Bool { matcher.matches(frame.scan, in: frame.bytes) }

  /// The connection is gone: the next one begins with the whole state again.
  func connectionLost() {
    stage = .idle
    isAccepted = false
    frameID = nil
    sending = SentRequest()
    held = HeldUpdates()
  }

  /// Takes a `repo/add_updates` of this branch; false where it is too much to hold.
  func received(_ frame: ReceivedFrame) -> Bool {
    let scan = frame.scan
    guard let updates = scan.updates else { return true }
    let isInitial = scan.isInitial(in: frame.bytes)
    if stage != .synced {
      guard isInitial else {
        return held.append(updates.bytes(in: frame.bytes), count: scan.updateCount)
      }
      handOverFirst(frame, updates: updates)
      return true
    }
    watcher.received(
      view(
        frame, updates: updates.bytes(in: frame.bytes), count: scan.updateCount,
        isInitial: isInitial))
    return true
  }

  private func handOverFirst(_ frame: ReceivedFrame, updates: JSONRange) {
    stage = .synced
    let first = updates.bytes(in: frame.bytes)
    if held.count == 0 {
      watcher.received(view(frame, updates: first, count: frame.scan.updateCount, isInitial: true))
    } else {
      let (joined, count) = (held.joined(with: first), held.count + frame.scan.updateCount)
      held = HeldUpdates()
      joined.withUnsafeBytes { joined in
        watcher.received(
          view(frame, updates: joined, count: count, isInitial: true, isPlain: false))
      }
    }
    wasSynced = true
    watcher.synced()
  }

  private func view(
    _ frame: ReceivedFrame, updates: UnsafeRawBufferPointer, count: Int, isInitial: Bool,
    isPlain: Bool = true
  ) -> BranchUpdates {
    let scan = frame.scan
    return BranchUpdates(
      updates: updates, count: count,
      timestamps: scan.timestamps?.bytes(in: frame.bytes),
      isInitial: isInitial, isReplay: isInitial && wasSynced,
      isPlain: isPlain && scan.isPlain,
      messageWithOtherFields: scan.hasOtherFields ? frame.content : nil)
  }
}

/// Updates that came before the first batch, as the text between the brackets of their arrays.
private struct HeldUpdates {
  private(set) var count = 0
  private var elements: [UInt8] = []

  /// More than this much text is not held: a server that never sends the first batch must not fill
  /// the memory.
  private static let limit = 64 << 20

  mutating func append(_ array: UnsafeRawBufferPointer, count: Int) -> Bool {
    guard count > 0 else { return true }
    guard elements.count + array.count <= Self.limit else { return false }
    if self.count > 0 { elements.append(UInt8(ascii: ",")) }
    elements.append(contentsOf: array.dropFirst().dropLast())
    self.count += count
    return true
  }

  /// An array of what was held, followed by the elements of `array`.
  func joined(with array: UnsafeRawBufferPointer) -> [UInt8] {
    let rest = array.dropFirst().dropLast()
    let isBlank = rest.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    var joined: [UInt8] = [UInt8(ascii: "[")]
    joined.reserveCapacity(elements.count + array.count + 1)
    joined += elements
    if !isBlank {
      joined.append(UInt8(ascii: ","))
      joined.append(contentsOf: rest)
    }
    joined.append(UInt8(ascii: "]"))
    return joined
  }
}
