import Foundation
import InstKit
import Testing

// The functions of the article "Building the layers", as they stand there, so that they are known to
// compile, and a test that they work.

@EventLoop
func makeSocket(to server: String) throws(TransportError) -> WebSocketConnectionClient {
  var options = WebSocketConnectionClient.Options()
  options.connectTimeoutMilliseconds = 5000
  options.reconnect.maximumMilliseconds = 10_000
  return WebSocketConnectionClient(url: try WebSocketURL(server: server), options: options)
}

@EventLoop
func logIn(
  over socket: WebSocketConnectionClient, with key: ConnectionKey, to inst: InstAddress
) -> AuthenticatedConnectionClient {
  let authSource = PartitionAuthSource()
  authSource.setCredentials(
    .key(key, connectionID: "my-device"), forOrigin: socket.origin ?? "")
  return AuthenticatedConnectionClient(socket, authSource: authSource, inst: inst)
}

@EventLoop
func askForCredentials(
  _ authSource: PartitionAuthSource, _ ask: @escaping @EventLoop (String) -> ConnectionCredentials?
) {
  authSource.authRequestHandler = { request in
    let answer = ask("\(request.origin): \(request.kind.rawValue)")
    authSource.respondToAuthRequest(request.id, answer.map { .credentials($0) } ?? .refused)
  }
}

@EventLoop
func follow(_ branch: BranchAddress, with client: InstRecordsClient) async {
  for await batch in client.watchBranchUpdates(branch) {
    for event in batch {
      switch event {
      case .connection(let state): print("connection: \(state.phase.rawValue)")
      case .updates(let updates, let isInitial): print("\(updates.count) updates, \(isInitial)")
      case .sync: print("from here on updates are news")
      case .event(let action): print("device action: \(action)")
      case .error(let error): print("refused: \(error)")
      }
    }
  }
}

@EventLoop
func copy(
  _ source: BranchAddress, to target: BranchAddress, with client: InstRecordsClient
) async throws(ClientError) -> Acknowledgement? {
  let stored = try await client.getBranchUpdates(source)
  return try await client.addUpdates(target, stored.updates)
}

@EventLoop
func ring(
  _ branch: BranchAddress, with client: InstRecordsClient
) async throws(ClientError) -> Int {
  let action = RemoteAction(.event(RawJSON(string: "ring")), to: .everyone)
  try await client.sendAction(branch, action)
  try await client.settleActions(branch)
  return try await client.getConnectionCount(branch)
}

@EventLoop
func readServerClock(with client: InstRecordsClient) async throws(ClientError) -> Double? {
  let controller = TimeSyncController(InstRecordsClientTimeSyncConnection(client))
  for _ in 0..<5 { try await controller.sync() }
  return controller.now()
}

@EventLoop
func connections(
  to server: String, with credentials: ConnectionCredentials
) throws(TransportError) -> InstConnections {
  let url = try WebSocketURL(server: server)
  let authSource = PartitionAuthSource()
  authSource.setCredentials(credentials, forOrigin: url.origin)
  return InstConnections(isPerInst: credentials.isPerInst) { inst in
    let socket = WebSocketConnectionClient(url: url)
    return InstRecordsClient(
      AuthenticatedConnectionClient(socket, authSource: authSource, inst: inst))
  }
}

@EventLoop
func watchOnMemory(_ branch: BranchAddress) throws -> [ClientMessage] {
  let memory = MemoryConnectionClient()
  let client = InstRecordsClient(memory)
  client.connect()
  memory.open()
  let events = client.watchBranchUpdates(branch)
  try memory.receive(.watchBranchResult(WatchBranchResult(branch)))
  return withExtendedLifetime(events) { memory.sentMessages }
}

@EventLoop
func serve() throws(InstServerError) -> InstServer {
  var options = InstServer.Options()
  options.configuration.rateLimit = .init(maximumMessages: 100, windowMilliseconds: 1000)
  return try InstServer(options)
}

/// The library as another program uses it: by the article, against a server on loopback.
@EventLoop
@Suite struct LayersArticleTests {
  @Test func everyFunctionStandsInTheArticle() throws {
    let here = URL(fileURLWithPath: #filePath)
    let root = here.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let article = try String(
      contentsOf: root.appending(path: "Sources/InstKit/InstKit.docc/BuildingTheLayers.md"),
      encoding: .utf8)
    let code = try String(contentsOf: here, encoding: .utf8)
    let blocks = article.components(separatedBy: "```swift\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
    #expect(blocks.count == 10)
    for block in blocks { #expect(code.contains("@EventLoop\n" + block)) }
  }

  @Test func theLayersWorkTogether() async throws {
    let server = try serve()
    let connections = try connections(
      to: server.url.description, with: .connectionID("reader"))
    let socket = try makeSocket(to: server.url.description)
    let client = InstRecordsClient(
      AuthenticatedConnectionClient(socket, credentials: .connectionID("writer")))
    client.connect()
    connections.connect()
    let source = BranchAddress(recordName: nil, inst: "source", branch: "default")
    let target = BranchAddress(recordName: nil, inst: "target", branch: "default")
    _ = try await client.addUpdates(source, ["YQ==", "Yg=="])
    let acknowledgement = try await copy(source, to: target, with: client)
    #expect(acknowledgement?.tries == 1)
    #expect(try await connections.getBranchUpdates(target).updates == ["YQ==", "Yg=="])
    #expect(try await ring(target, with: client) == 0)
    let clock = try #require(await readServerClock(with: client))
    #expect(abs(clock - Date().timeIntervalSince1970 * 1000) < 5000)
    let following = Task { await follow(target, with: client) }
    while try await client.getConnectionCount(target) == 0 { await Task.yield() }
    client.disconnect()
    await following.value
    connections.disconnect()
    await client.finished()
    await connections.finished()
    await server.stop()
  }

  @Test func credentialsAreAskedForAndAClientOnMemoryNeedsNoServer() async throws {
    let server = try serve()
    let authSource = PartitionAuthSource()
    var asked: [String] = []
    askForCredentials(authSource) { question in
      asked.append(question)
      return .connectionID("asked")
    }
    let client = InstRecordsClient(
      AuthenticatedConnectionClient(
        try makeSocket(to: server.url.description), authSource: authSource))
    client.connect()
    _ = try await client.sampleServerTime()
    #expect(client.connectionState.info?.connectionID == "asked")
    #expect(asked == ["\(server.url.origin): need_indicator"])
    client.disconnect()
    await client.finished()
    await server.stop()

    let branch = BranchAddress(recordName: nil, inst: "i", branch: "b")
    #expect(try watchOnMemory(branch) == [.watchBranch(WatchBranch(branch))])
  }

  @Test func aKeyMakesATokenForTheInst() throws {
    // PROTOCOL section 6.
    let key = try ConnectionKey(
      parsing: "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk=")
    let client = logIn(
      over: try makeSocket(to: "ws://127.0.0.1:1"), with: key,
      to: InstAddress(recordName: "r", inst: "i"))
    #expect(client.inst == InstAddress(recordName: "r", inst: "i"))
    #expect(client.origin == "http://127.0.0.1:1")
  }
}
