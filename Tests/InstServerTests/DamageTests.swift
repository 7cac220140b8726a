import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// Whatever clients send, the server goes on, and all that it says is JSON.
@Suite struct DamageTests {
  /// What kinds of server there are.
  enum Kind: CaseIterable {
    case open, documented, withUsers, gateway

    func configure(_ configuration: inout ServerConfiguration) {
      configuration.storesUpdates = true
      switch self {
      case .open: break
      case .documented: configuration.dialect = .documented
      case .withUsers: configuration.auth = TestUsers.database
      case .gateway: configuration.messageStorageURL = "http://storage.test"
      }
    }
  }

  @Test(arguments: Kind.allCases)
  func damagedFrames(kind: Kind) throws {
    let frames = Exchange.all.sorted { $0.key < $1.key }.flatMap { exchange in
      exchange.value.steps.compactMap { step -> [UInt8]? in
        guard step.isSent, case .frame(_, let text) = step.event, !text.isEmpty else { return nil }
        return text
      }
    }
    let owner = try TestLogin.owner("o", "testRecord", "recInst").message
    for seed in UInt64(1)...20 {
      var random = SeededGenerator(seed: seed)
      var server = TestServer { kind.configure(&$0) }
      server.logIn(1, 2)
      if kind == .withUsers { _ = server.sendMessage(owner, from: 1) }
      for _ in 0..<200 {
        guard var frame = frames.randomElement(using: &random) else { return }
        if kind == .withUsers { frame = TestUsers.signing(frame) }
        if Bool.random(using: &random) { damage(&frame, &random) }
        guard let text = String(validating: frame, as: UTF8.self) else { continue }
        let client = UInt64.random(in: 1...2, using: &random)
        for effect in server.sendFrame(text, from: client) {
          if case .send(_, let answer) = effect {
            #expect(throws: Never.self, "seed \(seed): \(text)") { try JSON.validate(answer) }
          }
        }
      }
    }
  }

  private func damage(_ frame: inout [UInt8], _ random: inout SeededGenerator) {
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let index = Int.random(in: 0..<frame.count, using: &random)
      if Bool.random(using: &random) {
        frame[index] = Array("[]{},:\"\\01nt ".utf8).randomElement(using: &random) ?? 0
      } else {
        let other = Int.random(in: 0..<frame.count, using: &random)
        frame.swapAt(index, other)
      }
    }
  }
}
