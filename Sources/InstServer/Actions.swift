import InstProtocol
import JSONText

extension InstServerCore {
  /// Passes an action on to the devices on the branch that it is for, the sender among them; when it
  /// says nothing about the device, to any one.
  mutating func sendAction(_ request: SendAction, _ client: ClientID, effects: inout [Effect]) {
    guard let sender = requireLogin(client, about: request.address, effects: &effects) else {
      return
    }
    if let denial = refusal(of: .sendAction, on: request.address, client) {
      return send(error: denial, id: -1, to: client, effects: &effects)
    }
    let address = resolved(request.address)
    let receivers = receivers(of: request.action.selector, on: address)
    guard !receivers.isEmpty else { return }
    let action = DeviceAction(
      request.action.content, from: configuration.dialect == .deployed ? sender : nil,
      taskID: request.action.taskID)
    send(.receiveAction(ReceiveAction(address, action: action)), to: receivers, effects: &effects)
  }

  private mutating func receivers(
    of selector: DeviceSelector, on address: BranchAddress
  ) -> [ClientID] {
    let watchers = branches[address]?.watchers.map(\.client) ?? []
    guard !selector.isEmpty else {
      guard let index = watchers.indices.randomElement(using: &generator) else { return [] }
      return [watchers[index]]
    }
    return watchers.filter { watcher in
      sessions[watcher]?.info.map(selector.matches) ?? false
    }
  }
}
