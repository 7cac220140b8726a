import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// States, errors and events by type as streams (PROTOCOL section 7, ConnectionClient).
@EventLoop
@Suite struct ConnectionStreamsTests {
  private let memory = MemoryConnectionClient()
  private let client: AuthenticatedConnectionClient

  init() {
    client = AuthenticatedConnectionClient(memory, credentials: .connectionID("c"))
  }

  private func logIn() {
    client.connect()
    memory.open()
    memory.receive(
      #"[1,-1,{"type":"login_result","success":true,"info":{"connectionId":"c"}}]"#)
  }

  @Test func everyStateIsTold() async {
    let states = client.connectionStates()
    logIn()
    client.disconnect()
    var read: [ConnectionState.Phase] = []
    for await state in states.elements {
      read.append(state.phase)
      if state.phase == .disconnected { break }
    }
    #expect(read == [.connecting, .authenticating, .connected, .disconnected])
  }

  @Test func eventsComeByType() async {
    var pings = client.event("ping").elements.makeAsyncIterator()
    var all = client.event().elements.makeAsyncIterator()
    logIn()
    memory.receive(#"[1,-1,{"type":"pong","n":1}]"#)
    memory.receive(#"[1,-1,{"type":"ping","n":2}]"#)
    #expect(await pings.next()?.description == #"{"type":"ping","n":2}"#)
    #expect(await all.next()?.value["n"]?.doubleValue == 1)
    #expect(await all.next()?.value["n"]?.doubleValue == 2)
  }

  @Test func errorsAreTold() async {
    var errors = client.onError().elements.makeAsyncIterator()
    logIn()
    memory.receive(#"[5,-1,{"success":false,"errorCode":"server_error","errorMessage":"oh"}]"#)
    #expect(await errors.next()?.errorCode == .serverError)
  }

  @Test func theStreamsEndWithTheClient() async {
    var memory: MemoryConnectionClient? = MemoryConnectionClient()
    var states = memory?.connectionStates().elements.makeAsyncIterator()
    memory?.open()
    memory = nil
    #expect(await states?.next()?.phase == .connected)
    #expect(await states?.next() == nil)
  }

  @Test func aReaderThatIsBusyLetsTheServerWait() async {
    let events = client.event()
    logIn()
    for number in 0..<EventStream<RawJSON>.highWater {
      memory.receive(#"[1,-1,{"type":"n","n":\#(number)}]"#)
    }
    #expect(memory.isPaused)
    var batches = events.makeAsyncIterator()
    #expect(await batches.next()?.count == EventStream<RawJSON>.highWater)
    #expect(!memory.isPaused)
  }
}
