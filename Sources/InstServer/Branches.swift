import InstProtocol
import JSONText

/// One branch: its updates, and who follows it.
struct Branch: Sendable {
  /// A connection that watches the branch.
  struct Watcher: Sendable {
    let client: ClientID
    /// Whether it has asked for a temporary branch.
    var isTemporary: Bool
  }

  /// Whether the branch goes with its last watcher, and is never stored or read back.
  var isTemporary: Bool
  var updates = UpdateList()
  var watchers: [Watcher] = []
  var deviceWatchers: [ClientID] = []

  init(isTemporary: Bool) {
    self.isTemporary = isTemporary
  }

  /// Whether there is nothing to remember.
  var isUnused: Bool { updates.count == 0 && watchers.isEmpty && deviceWatchers.isEmpty }
}

/// What one inst takes.
struct InstUsage: Sendable {
  /// The length of all updates, in bytes of base64.
  var bytes = 0
  /// How many branches each connection watches.
  var watches: [ClientID: Int] = [:]

  var isUnused: Bool { bytes == 0 && watches.isEmpty }
}

extension InstServerCore {
  // MARK: Watching

  mutating func watchBranch(_ request: WatchBranch, _ client: ClientID, effects: inout [Effect]) {
    let address = resolved(request.address)
    guard let info = requireLogin(client, about: request.address, effects: &effects) else {
      return
    }
    let denial = refusal(of: .watch, on: request.address, client)
    if let failure = denial ?? refusal(toWatch: address, client) {
      return send(
        .watchBranchResult(WatchBranchResult(address, failure: failure)), to: client,
        effects: &effects)
    }
    authority?.makeInst(address.instAddress, markers: request.markers ?? [])
    addWatcher(client, isTemporary: request.temporary ?? false, to: address)
    let watch = WatchBranch(address, temporary: request.temporary, markers: request.markers)
    tellConnected(watch, info, effects: &effects)
    let updates = branches[address]?.updates ?? UpdateList()
    let result = ServerMessage.watchBranchResult(WatchBranchResult(address))
    switch configuration.dialect {
    case .deployed:
      effects.append(.send(client, updates.frame(address, .initial, id: messageID)))
      send(result, to: client, effects: &effects)
    case .documented:
      send(result, to: client, effects: &effects)
      effects.append(.send(client, updates.frame(address, .initial, id: messageID)))
    }
  }

  mutating func unwatchBranch(
    _ address: BranchAddress, _ client: ClientID, effects: inout [Effect]
  ) {
    let address = resolved(address)
    guard sessions[client]?.watchedBranches.remove(address) != nil else { return }
    removeWatcher(client, info: sessions[client]?.info, from: address, effects: &effects)
  }

  private func refusal(toWatch address: BranchAddress, _ client: ClientID) -> ErrorInfo? {
    if let refusal = refusalOfPublicInst(address) { return refusal }
    guard let session = sessions[client], !session.watchedBranches.contains(address) else {
      return nil
    }
    guard session.watchedBranches.count < configuration.maxBranchesPerConnection else {
      return ErrorInfo(
        errorCode: .subscriptionLimitReached,
        errorMessage: "The connection watches as many branches as it may.")
    }
    let watches = insts[address.instAddress]?.watches ?? [:]
    if let maximum = configuration.maxConnectionsPerInst, watches[client] == nil,
      watches.count >= maximum
    {
      return ErrorInfo(
        errorCode: .notAuthorized,
        errorMessage: "As many connections as may do watch the inst already.")
    }
    return nil
  }

  func refusalOfPublicInst(_ address: BranchAddress) -> ErrorInfo? {
    guard address.recordName == nil, !configuration.allowsPublicInsts else { return nil }
    return ErrorInfo(errorCode: .notAuthorized, errorMessage: "There are no public insts here.")
  }

  private mutating func addWatcher(
    _ client: ClientID, isTemporary: Bool, to address: BranchAddress
  ) {
    let watcher = Branch.Watcher(client: client, isTemporary: isTemporary)
    guard sessions[client]?.watchedBranches.insert(address).inserted == true else {
      let index = branches[address]?.watchers.firstIndex { $0.client == client }
      if let index { branches[address]?.watchers[index] = watcher }
      return
    }
    if branches[address]?.isPristine != false {
      branches[address, default: Branch(isTemporary: isTemporary)].isTemporary = isTemporary
    }
    branches[address]?.watchers.append(watcher)
    insts[address.instAddress, default: InstUsage()].watches[client, default: 0] += 1
  }

  /// Removes a watcher from a branch, tells those who watch its devices, and forgets a temporary
  /// branch that nobody watches any more.
  mutating func removeWatcher(
    _ client: ClientID, info: ConnectionInfo?, from address: BranchAddress,
    effects: inout [Effect]
  ) {
    branches[address]?.watchers.removeAll { $0.client == client }
    let inst = address.instAddress
    if let count = insts[inst]?.watches[client] {
      insts[inst]?.watches[client] = count > 1 ? count - 1 : nil
    }
    if let info { tellDisconnected(info, client, from: address, effects: &effects) }
    if let branch = branches[address], branch.isTemporary, branch.watchers.isEmpty {
      forgetUpdates(of: address)
    }
    forgetIfUnused(address)
  }

  // MARK: Reading

  mutating func getUpdates(_ address: BranchAddress, _ client: ClientID, effects: inout [Effect]) {
    guard requireLogin(client, about: address, effects: &effects) != nil else { return }
    if let denial = refusal(of: .getUpdates, on: address, client) {
      return send(error: denial, id: -1, to: client, effects: &effects)
    }
    let address = resolved(address)
    let branch = branches[address]
    let updates = branch?.isTemporary == true ? nil : branch?.updates
    effects.append(.send(client, (updates ?? UpdateList()).frame(address, .stored, id: messageID)))
  }

  // MARK: Memory

  /// The branch under the record's name, where a record key stands for it.
  func resolved(_ address: BranchAddress) -> BranchAddress {
    guard let key = address.recordName.flatMap({ RecordKey(of: $0) }) else { return address }
    return BranchAddress(recordName: key.recordName, inst: address.inst, branch: address.branch)
  }

  mutating func forgetUpdates(of address: BranchAddress) {
    guard let updates = branches[address]?.updates else { return }
    branches[address]?.updates = UpdateList()
    insts[address.instAddress]?.bytes -= updates.size
    usedBytes -= updates.memory
  }

  mutating func forgetIfUnused(_ address: BranchAddress) {
    if branches[address]?.isUnused == true { branches[address] = nil }
    if insts[address.instAddress]?.isUnused == true { insts[address.instAddress] = nil }
  }
}

extension Branch {
  /// Whether nobody has watched the branch or added to it yet, so that the first watcher decides
  /// whether it is temporary.
  var isPristine: Bool { updates.count == 0 && watchers.isEmpty }
}
