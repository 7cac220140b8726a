import InstProtocol
@testable import InstServer
import JSONText

/// A server with two connections: one has logged in, the other is new. Both send every frame.
struct ServerUnderTest {
  private var core: InstServerCore
  /// What the first run has stored is what the next one begins with.
  private var restored = InstServerCore()
  private let loggedIn = ClientID(1)
  private var newcomer = ClientID(2)
  private var now: Int64 = 1_700_000_000_000

  init(_ configuration: ServerConfiguration) {
    core = InstServerCore(configuration: configuration, generator: FirstChoice())
    core.connect(newcomer, address: "192.0.2.2")
    logIn()
  }

  mutating func receive(_ frame: UnsafeRawBufferPointer) {
    for client in [loggedIn, newcomer] {
      now += 10
      var effects: [Effect] = []
      core.receive(frame, from: client, now: now, effects: &effects)
      carryOut(effects)
    }
  }

  /// Everyone leaves, and nothing of them stays.
  mutating func end() {
    for client in [loggedIn, newcomer] { disconnect(client) }
    require(core.sessions.isEmpty && core.loggedInCount == 0, "nobody is left: \(core.sessions)")
  }

  private mutating func logIn() {
    core.connect(loggedIn, address: "192.0.2.1")
    var effects: [Effect] = []
    Array(#"[1,1,{"type":"login","connectionId":"first"}]"#.utf8).withUnsafeBytes {
      core.receive($0, from: loggedIn, now: now, effects: &effects)
    }
    carryOut(effects)
  }

  private mutating func disconnect(_ client: ClientID) {
    var effects: [Effect] = []
    core.disconnect(client, effects: &effects)
    carryOut(effects)
  }

  private mutating func carryOut(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .send(_, let frame): isUnderstood(frame)
      case .store(let record):
        require(core.configuration.storesUpdates, "only a server that stores does store")
        restored.restore(record)
      case .close(let client, _):
        disconnect(client)
        if client == loggedIn {
          logIn()
        } else {
          newcomer = ClientID(newcomer.rawValue + 1)
          core.connect(newcomer, address: "192.0.2.2")
        }
      }
    }
  }

  /// A client can read what the server sends.
  private func isUnderstood(_ frame: [UInt8]) {
    let envelope = mustSucceed("a frame of the server") { () throws(EnvelopeError) in
      try frame.span.withUnsafeBytes { (bytes) throws(EnvelopeError) in
        try Envelope<ServerMessage>(parsing: bytes, only: .deployed)
      }
    }
    if case .message(_, .unknown(let type, _)) = envelope {
      fatalError("broken: the server sends \(type)")
    }
  }
}

extension ServerConfiguration {
  static let generous = ServerConfiguration()

  static let tight: ServerConfiguration = {
    var configuration = ServerConfiguration()
    configuration.maxInstBytes = 64
    configuration.maxConnectionsPerInst = 1
    configuration.maxBranchesPerConnection = 2
    configuration.maxTotalBytes = 1_000
    configuration.rateLimit = RateLimit(maximumMessages: 20, windowMilliseconds: 1_000)
    configuration.storesUpdates = true
    return configuration
  }()
}

/// Always the same choice, so that a run can be repeated.
private struct FirstChoice: RandomNumberGenerator, Sendable {
  mutating func next() -> UInt64 { 0 }
}
