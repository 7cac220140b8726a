import InstProtocol
import InstServer
import JSONText

/// A server core and its clients, spoken to in texts.
struct TestServer {
  var core: InstServerCore
  var now: Int64 = 1_000_000

  init(_ configure: (inout ServerConfiguration) -> Void = { _ in }) {
    var configuration = ServerConfiguration()
    configure(&configuration)
    core = InstServerCore(configuration: configuration, generator: SeededGenerator(seed: 1))
  }

  /// Connects and logs in clients with these numbers, whose connection ids are `c1`, `c2`, ….
  mutating func logIn(_ numbers: UInt64...) {
    for number in numbers {
      core.connect(ClientID(number), address: "192.0.2.\(number)")
      _ = sendMessage(#"{"type":"login","connectionId":"c\#(number)"}"#, from: number)
    }
  }

  /// Sends a message.
  mutating func sendMessage(_ message: String, from number: UInt64) -> [Effect] {
    sendFrame("[1,7,\(message)]", from: number)
  }

  /// Sends a frame.
  mutating func sendFrame(_ frame: String, from number: UInt64) -> [Effect] {
    var effects: [Effect] = []
    Array(frame.utf8).withUnsafeBytes {
      core.receive($0, from: ClientID(number), now: now, effects: &effects)
    }
    return effects
  }

  /// Sends a message about the branch `default` of the public inst `i`.
  mutating func send(
    _ type: String, _ fields: String = "", inst: String = "i", from number: UInt64
  ) -> [Effect] {
    let names = #""recordName":null,"inst":"\#(inst)","branch":"default""#
    return sendMessage(#"{"type":"\#(type)",\#(names)\#(fields)}"#, from: number)
  }

  mutating func disconnect(_ number: UInt64) -> [Effect] {
    var effects: [Effect] = []
    core.disconnect(ClientID(number), effects: &effects)
    return effects
  }
}

extension Effect {
  /// To whom a frame goes, and its text.
  var sent: (client: UInt64, text: String)? {
    guard case .send(let client, let frame) = self else { return nil }
    return (client.rawValue, String(decoding: frame, as: UTF8.self))
  }

  /// The message in a frame that is sent.
  var message: JSONValue? {
    guard case .send(_, let frame) = self else { return nil }
    return (try? JSONValue(parsing: frame))?[2]
  }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, Sendable {
  var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
