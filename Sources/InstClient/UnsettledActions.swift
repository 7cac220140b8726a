import InstProtocol

/// Actions that were sent and may still be refused: which errors are theirs, until somebody settles
/// them.
///
/// A value: it sends nothing and reads no clock.
struct UnsettledActions {
  private var frames: [Int: BranchAddress] = [:]
  private var order: [Int] = []
  private var refusals: [BranchAddress: ErrorInfo] = [:]

  /// A user who never settles actions must not fill the memory.
  private static let limit = 1024

  mutating func sent(frameID: Int, about address: BranchAddress) {
    frames[frameID] = address
    order.append(frameID)
    if order.count > Self.limit { frames[order.removeFirst()] = nil }
    if refusals.count > Self.limit { refusals = [:] }
  }

  /// Takes an error that names the frame of an action; false where it names none.
  mutating func claim(_ info: ErrorInfo, ofFrame id: Int) -> Bool {
    guard let address = frames[id] else { return false }
    refusals[address] = refusals[address] ?? info
    return true
  }

  /// Takes an error that names no frame, where it can be about an action.
  mutating func claim(_ info: ErrorInfo) -> Bool {
    let addresses = Set(frames.values).filter { info.address == nil || info.address == $0 }
    for address in addresses { refusals[address] = refusals[address] ?? info }
    return !addresses.isEmpty
  }

  /// The refusal of actions to a branch, if there was one. It is told once.
  mutating func takeRefusal(of address: BranchAddress) -> ErrorInfo? {
    refusals.removeValue(forKey: address)
  }

  /// Nothing more is to be expected for actions to the branch.
  mutating func settle(_ address: BranchAddress) {
    frames = frames.filter { $0.value != address }
    order.removeAll { frames[$0] == nil }
  }

  /// The connection is gone, and with it what it would have told.
  mutating func connectionLost() {
    frames = [:]
    order = []
  }
}
