import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// Who is on a branch (PROTOCOL section 5, Devices).
@EventLoop
@Suite struct DeviceTests {
  private let on = ClientOnMemory()

  private func connected(_ id: String, broadcast: Bool = false, inst: String = "i") -> String {
    #"[1,-1,{"type":"repo/connected_to_branch","broadcast":\#(broadcast),"branch":{"type":"repo/watch_branch","recordName":null,"inst":"\#(inst)","branch":"default"},"connection":{"connectionId":"\#(id)","sessionId":null,"userId":null,"new":1}}]"#
  }

  private func left(_ id: String, broadcast: Bool = false) -> String {
    #"[1,-1,{"type":"repo/disconnected_from_branch","broadcast":\#(broadcast),\#(on.place),"connection":{"connectionId":"\#(id)","sessionId":null,"userId":null}}]"#
  }

  /// Reads `count` events.
  private func log(
    _ events: inout EventStreamElements<DeviceEvent>.Iterator, _ count: Int
  ) async -> [String] {
    var log: [String] = []
    while log.count < count, let event = await events.next() {
      switch event {
      case .connection(let state): log.append(state.phase.rawValue)
      case .connected(let device): log.append("+\(device.info.connectionID)")
      case .disconnected(let device): log.append("-\(device.info.connectionID)")
      case .refused(let info): log.append("refused \(info.errorCode)")
      }
    }
    return log
  }

  @Test func everyoneFirstThenChangesWithoutRepeatsAndBroadcasts() async {
    let stream = on.client.watchBranchDevices(on.address)
    var events = stream.elements.makeAsyncIterator()
    await on.sent(1)
    #expect(on.connection.sentMessages.first == .watchBranchDevices(BranchRequest(on.address)))
    on.connection.receive(connected("a"))
    on.connection.receive(connected("b", broadcast: true))
    on.connection.receive(connected("a"))
    on.connection.receive(connected("x", inst: "other"))
    on.connection.receive(left("never"))
    on.connection.receive(left("a", broadcast: true))
    on.connection.receive(left("a"))
    on.connection.receive(left("a"))
    on.connection.receive(connected("a"))
    #expect(await log(&events, 3) == ["+a", "-a", "+a"])
    _ = stream
  }

  @Test func theDeviceIsPassedOnAsItCame() async {
    let stream = on.client.watchBranchDevices(on.address)
    await on.sent(1)
    on.connection.receive(connected("a"))
    var events = stream.elements.makeAsyncIterator()
    guard case .connected(let device)? = await events.next() else {
      Issue.record("no device")
      return
    }
    #expect(
      device.connection.description
        == #"{"connectionId":"a","sessionId":null,"userId":null,"new":1}"#)
  }

  @Test func whenTheConnectionIsLostAllAreGoneAndComeAgain() async {
    let stream = on.client.watchBranchDevices(on.address)
    var events = stream.elements.makeAsyncIterator()
    await on.sent(1)
    on.connection.receive(connected("b"))
    on.connection.receive(connected("a"))
    on.connection.lose()
    on.connection.open()
    await on.sent(2)
    on.connection.receive(connected("a"))
    #expect(
      await log(&events, 7) == ["+b", "+a", "-b", "-a", "reconnecting", "connected", "+a"])
    _ = stream
  }

  @Test(arguments: ["", #","recordName":null,"inst":"i","branch":"default""#])
  func aRefusalEndsTheSequence(members: String) async {
    let stream = on.client.watchBranchDevices(on.address)
    var events = stream.elements.makeAsyncIterator()
    await on.sent(1)
    on.refuse("not_logged_in", members: members)
    #expect(await log(&events, 2) == ["refused not_logged_in"])
    on.connection.lose()
    on.connection.open()
    #expect(on.connection.sentMessages.filter { $0.isDeviceWatch }.count == 1)
  }

  @Test func aDroppedRequestGoesAgain() async {
    on.connection.roundTripMilliseconds = 60_000
    let stream = on.client.watchBranchDevices(on.address)
    await on.sent(1)
    on.limitRate()
    await on.until { on.connection.sentMessages.filter { $0.isDeviceWatch }.count == 2 }
    _ = stream
  }

  @Test func toLetGoOfTheSequenceEndsTheWatch() async {
    do {
      let stream = on.client.watchBranchDevices(on.address)
      await on.sent(1)
      on.connection.receive(connected("a"))
      _ = stream
    }
    await on.until {
      on.connection.sentMessages.last == .unwatchBranchDevices(BranchRequest(on.address))
    }
  }

  @Test func theClientsEndLetsEveryoneGo() async {
    let stream = on.client.watchBranchDevices(on.address)
    var events = stream.elements.makeAsyncIterator()
    await on.sent(1)
    on.connection.receive(connected("a"))
    on.client.disconnect()
    #expect(await log(&events, 3) == ["+a", "-a"])
  }
}

extension ClientMessage {
  fileprivate var isDeviceWatch: Bool {
    if case .watchBranchDevices = self { true } else { false }
  }
}
