import Testing

@testable import WebSocket

/// Both ends of the engine against each other.
@Suite struct RoundTripTests {
  struct Case: CustomTestStringConvertible {
    var bits: Int
    var serverForgets: Bool
    var clientForgets: Bool

    var testDescription: String {
      "\(bits) bits, server \(serverForgets), client \(clientForgets)"
    }
  }

  static let matrix = (9...15).flatMap { bits in
    [(false, false), (false, true), (true, false), (true, true)].map {
      Case(bits: bits, serverForgets: $0.0, clientForgets: $0.1)
    }
  }

  @Test(arguments: matrix)
  func withCompression(_ parameters: Case) throws {
    try converse(
      seed: UInt64(parameters.bits),
      deflate: DeflateParameters(
        serverNoContextTakeover: parameters.serverForgets,
        clientNoContextTakeover: parameters.clientForgets,
        serverMaxWindowBits: parameters.bits, clientMaxWindowBits: 24 - parameters.bits))
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func withoutCompression(seed: UInt64) throws {
    try converse(seed: seed, deflate: nil)
  }

  private func converse(seed: UInt64, deflate: DeflateParameters?) throws {
    var generator = SeededGenerator(seed: seed)
    let fragmentSize = [nil, 1000, 7].randomElement(using: &generator) ?? nil
    let configuration = WebSocketConfiguration(fragmentSize: fragmentSize)
    var client = WebSocketConnection(.client, configuration, deflate: deflate)
    var server = WebSocketConnection(.server, configuration, deflate: deflate)
    for _ in 0..<8 {
      let messages = (0..<3).map { _ in randomMessage(&generator) }
      for message in messages {
        try send(message, from: &client)
        try send(message, from: &server)
      }
      let step = Int.random(in: 1...5000, using: &generator)
      let atServer = server.feed(client.sent(), step: step)
      #expect(atServer == messages, "seed \(seed)")
      let atClient = client.feed(server.sent(), step: step)
      #expect(atClient == messages, "seed \(seed)")
    }
  }

  private func send(_ message: Seen, from connection: inout WebSocketConnection) throws {
    guard case .message(let kind) = message.event else { return }
    try message.payload.withUnsafeBytes { try connection.send(kind, $0) }
  }

  /// Sizes around what matters, content from constant to random.
  private func randomMessage(_ generator: inout SeededGenerator) -> Seen {
    let sizes = [0, 1, 63, 64, 125, 126, 300, 1000, 5000, 40_000]
    let size = sizes.randomElement(using: &generator) ?? 0
    let alphabet = UInt8([1, 2, 16, 64, 127].randomElement(using: &generator) ?? 1)
    if Bool.random(using: &generator) {
      let scalars: [Unicode.Scalar] = (0..<size).map { _ in
        Unicode.Scalar(UInt8.random(in: 0..<alphabet, using: &generator))
      }
      var text = String.UnicodeScalarView(scalars)
      text.append("€")
      return .text(String(text))
    }
    return .binary((0..<size).map { _ in UInt8.random(in: 0...alphabet &* 2, using: &generator) })
  }

  // MARK: Damage

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func randomBytesNeverTrap(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for role in [Role.client, .server] {
      for deflate in [nil, DeflateParameters()] {
        for _ in 0..<50 {
          var connection = WebSocketConnection(
            role, WebSocketConfiguration(maximumMessageSize: 10_000), deflate: deflate)
          let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
          let seen = connection.feed(noise, step: Int.random(in: 1...200, using: &generator))
          let end = connection.end()
          let terminal = (seen + end).filter {
            switch $0.event {
            case .closed, .failed: true
            default: false
            }
          }
          #expect(terminal.count == 1, "seed \(seed): \(noise)")
        }
      }
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func damagedConversationsNeverTrap(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      var damaged = MessageTests.conversation
      for _ in 0..<3 {
        let i = Int.random(in: damaged.indices, using: &generator)
        damaged[i] = UInt8.random(in: 0...255, using: &generator)
      }
      var whole = WebSocketConnection(.client, deflate: DeflateParameters())
      let expected = whole.feed(damaged) + whole.end()
      var pieces = WebSocketConnection(.client, deflate: DeflateParameters())
      let seen = pieces.feed(damaged, step: 1) + pieces.end()
      if seen != expected { Issue.record("seed \(seed): \(damaged)") }
    }
  }
}
