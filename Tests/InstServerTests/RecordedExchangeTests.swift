import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// What a running server was asked, our server is asked again, and must answer the same.
@Suite struct RecordedExchangeTests {
  /// Cases that cannot be asked again, and why.
  static let leftOut: [String: String] = [
    "G38": "the WebSocket answers pings",
    "H4": "HTTP operations of another system", "H5": "HTTP operations of another system",
    "M1": "merging is the other server's habit",
  ]

  static let asked = Exchange.all.keys.filter { leftOut[$0] == nil }.sorted()

  @Test func everyCaseIsAskedOrLeftOut() {
    #expect(Exchange.all.count == Self.asked.count + Self.leftOut.count)
    #expect(Self.asked.count >= 105)
  }

  @Test(arguments: asked)
  func exchange(name: String) throws {
    let exchange = try #require(Exchange.all[name])
    var replay = Replay(setup: Setup(name))
    try replay.prepare(exchange)
    for (index, step) in exchange.steps.enumerated() {
      if let fault = replay.perform(step, index: index) {
        Issue.record("step \(index): \(fault)")
        return
      }
    }
    #expect(replay.unexpected.isEmpty, "not recorded: \(replay.unexpected)")
  }
}

/// What a recording takes for granted.
struct Setup {
  var configuration = ServerConfiguration()
  /// Whether peers that do not log in themselves have done so before.
  var logsIn = true
  /// What a peer has logged in with; by default its name as the connection id.
  var logins: [String: TestLogin] = [:]
  /// Peers that watch the branch named like the case.
  var watchers: [String] = []
  /// Cases that have come before on the same branches.
  var before: [String] = []
  /// How many milliseconds pass before a step.
  var pauses: [Int: Int64] = [:]
  /// The choices of devices for actions that are for any one.
  var choices: [UInt64] = []

  init(_ name: String) {
    configuration.auth = TestUsers.database
    logsIn =
      !name.hasPrefix("A") && !name.hasPrefix("B") && name != "H2"
      && name != "I1" && name != "K4"
    switch name {
    case "C8": before = ["C7"]
    case "D5": logins["B"] = .owner("conn-B", nil, "d5")
    case "D7": logins = ["A": .connectionID("same"), "B": .connectionID("same")]
    case "F3":
      watchers = ["A", "B", "C"]
      choices = [2, 0, 0, 1]
    case "F1", "F2", "F4", "F5", "F8", "F10": watchers = ["A", "B", "C"]
    case "F7": logins["U"] = .owner("conn-B", nil, "f7")
    case "I2": logins["A"] = .owner("conn-A", "testRecord", "recInst")
    case "I3": before = ["I1"]
    case "I4":
      logins["A"] = .other("conn-u2", "testRecord", "recInst")
      before = ["I1"]
    case "I6": logins["A"] = .owner("conn-A", "testRecord", "neverMade")
    case "I7":
      logins["A"] = .owner("conn-A", "testRecord", "recInst")
      before = ["I1"]
    case "I8":
      logins["A"] = .owner("conn-A", "testRecord", "recInst")
      logins["B"] = .owner("conn-B", "testRecord", "recInst")
      before = ["I1"]
    case "I9": logins["A"] = .owner("conn-A", "testRecord", "pubRead")
    case "J1": logins["A"] = .other("conn-u2", "testRecord", "recInst")
    case "J2", "J3":
      logins["O"] = .owner("conn-O", "testRecord", "recInst")
      if name == "J2" { logins["A"] = .other("conn-u2", "testRecord", "recInst") }
      before = ["I1", "I8"]
    case "N1", "N2", "N4":
      configuration.messageStorageURL = "http://storage.test"
      logsIn = name != "N1"
      if name == "N4" { before = ["N2"] }
    case "K1": configuration.maxInstBytes = 100
    case "K2": configuration.maxConnectionsPerInst = 1
    case "K3": configuration.allowsPublicInsts = false
    case "K4":
      configuration.rateLimit = ServerConfiguration.RateLimit(
        maximumMessages: 3, windowMilliseconds: 2_500)
      // "1.1 s later; 1.6 s later, window over"
      pauses = [11: 1_100, 13: 1_600]
    default: break
    }
  }
}

/// Plays the peers of a recording against a server.
struct Replay {
  private enum Output {
    case frame([UInt8])
    case closed
  }

  private let setup: Setup
  private var core: InstServerCore
  private var outputs: [String: [Output]] = [:]
  private var clients: [String: ClientID] = [:]
  private var gone: Set<String> = []
  private var storage = StorageOfRecordings()
  private var now: Int64 = 1_795_376_000_000

  init(setup: Setup) {
    self.setup = setup
    core = InstServerCore(
      configuration: setup.configuration, generator: ChoosingGenerator(choices: setup.choices))
  }

  /// Output that no step has asked for.
  var unexpected: [String] {
    outputs.sorted { $0.key < $1.key }.flatMap { peer, outputs in
      outputs.map { output in
        switch output {
        case .frame(let text): "\(peer): \(String(decoding: text, as: UTF8.self))"
        case .closed: "\(peer): closed"
        }
      }
    }
  }

  mutating func prepare(_ exchange: Exchange) throws {
    for name in setup.before {
      let earlier = try #require(Exchange.all[name])
      try connect(earlier.peers, Setup(name))
      for (index, step) in earlier.steps.enumerated() { _ = perform(step, index: index) }
      for peer in earlier.peers { disconnect(peer) }
    }
    let peers = setup.watchers + exchange.peers.filter { !setup.watchers.contains($0) }
    try connect(peers, setup)
    for peer in setup.watchers {
      let text =
        #"[1,2,{"type":"repo/watch_branch","recordName":null,"inst":"\#(exchange.name.lowercased())","branch":"default"}]"#
      receive(Array(text.utf8), from: peer)
    }
    outputs = [:]
  }

  private mutating func connect(_ peers: [String], _ setup: Setup) throws {
    gone = []
    clients = [:]
    for (index, peer) in peers.enumerated() {
      let client = ClientID(UInt64(index + 1))
      clients[peer] = client
      core.connect(client, address: "192.0.2.1")
      guard setup.logsIn else { continue }
      let login = setup.logins[peer] ?? .connectionID(peer)
      receive(Array("[1,1,\(try login.message)]".utf8), from: peer)
      try #require(core.sessions[client]?.info != nil)
    }
    outputs = [:]
  }

  /// Performs a step.
  ///
  /// - Returns: What was not as recorded.
  mutating func perform(_ step: Exchange.Step, index: Int) -> String? {
    now += setup.pauses[index] ?? 0
    switch (step.event, step.isSent) {
    case (.frame(_, let text), true):
      receive(storage.translated(TestUsers.signing(text)), from: step.peer)
    case (.frame(let frame?, _), false): return compare(frame, step.peer)
    case (.closed, true), (.reset, true): disconnect(step.peer)
    case (.closed, false):
      if gone.contains(step.peer) { return nil }
      guard case .closed? = takeOutput(of: step.peer) else { return "was not closed" }
      disconnect(step.peer)
    default: return "a step that cannot be performed"
    }
    return nil
  }

  private mutating func compare(_ recorded: JSONValue, _ peer: String) -> String? {
    guard case .frame(let text)? = takeOutput(of: peer) else { return "no answer: \(recorded)" }
    guard let ours = try? JSONValue(parsing: text) else { return "an answer that is not JSON" }
    if let fault = storage.follow(recorded, ours, in: &core, now: now) { return fault }
    return difference(storage.withoutURL(recorded), storage.withoutURL(ours)).map {
      "\($0) in \(ours)"
    }
  }

  private mutating func takeOutput(of peer: String) -> Output? {
    guard let first = outputs[peer]?.first else { return nil }
    outputs[peer]?.removeFirst()
    return first
  }

  private mutating func receive(_ text: [UInt8], from peer: String) {
    guard let client = clients[peer] else { return }
    var effects: [Effect] = []
    text.withUnsafeBytes { core.receive($0, from: client, now: now, effects: &effects) }
    take(effects)
  }

  private mutating func disconnect(_ peer: String) {
    guard let client = clients[peer], gone.insert(peer).inserted else { return }
    var effects: [Effect] = []
    core.disconnect(client, effects: &effects)
    take(effects)
  }

  private mutating func take(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .send(let client, let text): append(.frame(text), to: client)
      case .close(let client, nil): append(.closed, to: client)
      case .close, .store: append(.frame(Array("\(effect)".utf8)), to: ClientID(0))
      }
    }
  }

  private mutating func append(_ output: Output, to client: ClientID) {
    let peer = clients.first { $0.value == client }?.key ?? "nobody"
    outputs[peer, default: []].append(output)
  }
}

/// Makes `randomElement` of three choose by a list.
struct ChoosingGenerator: RandomNumberGenerator, Sendable {
  var choices: [UInt64]

  mutating func next() -> UInt64 {
    guard !choices.isEmpty else { return .max / 2 }
    return choices.removeFirst() * (UInt64.max / 3) + UInt64.max / 6
  }
}
