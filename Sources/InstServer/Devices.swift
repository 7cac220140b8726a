import InstProtocol
import JSONText

extension InstServerCore {
  /// Answers with one message for each device on the branch; changes follow as they happen.
  mutating func watchDevices(
    _ address: BranchAddress, _ client: ClientID, effects: inout [Effect]
  ) {
    guard requireLogin(client, about: address, effects: &effects) != nil else { return }
    if let denial = refusal(of: .watchDevices, on: address, client) {
      return send(error: denial, id: -1, to: client, effects: &effects)
    }
    let address = resolved(address)
    guard let watched = sessions[client]?.watchedDevices else { return }
    if !watched.contains(address) {
      guard watched.count < configuration.maxBranchesPerConnection else {
        let error = ErrorInfo(
          errorCode: .subscriptionLimitReached,
          errorMessage: "The connection watches the devices of as many branches as it may.",
          address: address)
        return send(error: error, id: -1, to: client, effects: &effects)
      }
      sessions[client]?.watchedDevices.insert(address)
      branches[address, default: Branch(isTemporary: false)].deviceWatchers.append(client)
    }
    for watcher in branches[address]?.watchers ?? [] {
      guard let info = sessions[watcher.client]?.info else { continue }
      let watch = WatchBranch(address, temporary: watcher.isTemporary)
      send(.connectedToBranch(arrival(watch, info)), to: client, effects: &effects)
    }
  }

  mutating func unwatchDevices(_ address: BranchAddress, _ client: ClientID) {
    let address = resolved(address)
    guard sessions[client]?.watchedDevices.remove(address) != nil else { return }
    removeDeviceWatcher(client, from: address)
  }

  mutating func removeDeviceWatcher(_ client: ClientID, from address: BranchAddress) {
    branches[address]?.deviceWatchers.removeAll { $0 == client }
    forgetIfUnused(address)
  }

  /// Tells of a device that has come, also the device itself where it watches devices.
  func tellConnected(_ watch: WatchBranch, _ info: ConnectionInfo, effects: inout [Effect]) {
    guard let watchers = branches[watch.address]?.deviceWatchers, !watchers.isEmpty else { return }
    send(.connectedToBranch(arrival(watch, info)), to: watchers, effects: &effects)
  }

  /// The news of a device. The documented dialect names record and inst once more.
  private func arrival(_ watch: WatchBranch, _ info: ConnectionInfo) -> ConnectedToBranch {
    var news = ConnectedToBranch(broadcast: false, branch: watch, connection: info)
    if configuration.dialect == .documented {
      let record = watch.address.recordName.map { RawJSON(string: $0) }
      news.unknownFields = [
        UnknownField(name: "recordName", value: record ?? .null),
        UnknownField(name: "inst", value: RawJSON(string: watch.address.inst)),
      ]
    }
    return news
  }

  /// Tells of a device that has gone, all but the device itself.
  func tellDisconnected(
    _ info: ConnectionInfo, _ client: ClientID, from address: BranchAddress,
    effects: inout [Effect]
  ) {
    let watchers = branches[address]?.deviceWatchers.filter { $0 != client } ?? []
    guard !watchers.isEmpty else { return }
    let news = DisconnectedFromBranch(broadcast: false, address, connection: info)
    send(.disconnectedFromBranch(news), to: watchers, effects: &effects)
  }

  /// Counts the watchers of a branch; without a branch, all connections that have logged in, which
  /// the documented dialect cannot ask for.
  func countConnections(
    _ request: ConnectionCountRequest, id: JSONNumber, _ client: ClientID,
    effects: inout [Effect]
  ) {
    if configuration.dialect == .documented {
      let missing = [("inst", request.inst), ("branch", request.branch)].filter { $0.1 == nil }
      guard missing.isEmpty else {
        let issues = missing.map { name, _ in
          FieldIssue(
            path: [.name(name)], problem: .wrongType(expected: "string", found: .null))
        }
        return refuse(.invalidFields(issues), id: id, from: client, effects: &effects)
      }
    }
    var request = request
    request.unknownFields = []
    var count = 0
    if request.branch == nil {
      count = loggedInCount
    } else if let inst = request.inst, let branch = request.branch {
      let asked = BranchAddress(recordName: request.recordName, inst: inst, branch: branch)
      if let denial = refusal(of: .count, on: asked, client) {
        return send(error: denial, id: -1, to: client, effects: &effects)
      }
      let address = resolved(asked)
      request.recordName = address.recordName
      count = branches[address]?.watchers.count ?? 0
    }
    send(
      .connectionCount(ConnectionCount(request, count: JSONNumber(count))), to: client,
      effects: &effects)
  }
}
