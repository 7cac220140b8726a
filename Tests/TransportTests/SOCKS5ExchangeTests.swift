import Testing

@testable import Transport

/// SOCKS 5 as bytes in, bytes out: RFC 1928 and RFC 1929.
struct SOCKS5ExchangeTests {
  private static let joe = ProxyCredentials(user: "joe", password: "pw")
  private static let succeeded: [UInt8] = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80]

  private func outcome(
    _ bytes: [UInt8], pieces: Int = 1, credentials: ProxyCredentials? = nil
  ) throws -> Result<ProxyTunnel, ProxyError> {
    var exchange = try SOCKS5Exchange(target: .name("h"), port: 1, credentials: credentials)
    return outcomeOf(&exchange, bytes, pieces: pieces)
  }

  @Test func theGreeting() throws {
    var plain = try SOCKS5Exchange(target: .name("h"), port: 1, credentials: nil)
    #expect(plain.takeOutput() == [5, 1, 0])
    var authenticated = try SOCKS5Exchange(target: .name("h"), port: 1, credentials: Self.joe)
    #expect(authenticated.takeOutput() == [5, 2, 0, 2])
    #expect(authenticated.takeOutput().isEmpty)
  }

  private func checkRequest(_ target: SOCKS5Exchange.Target, _ address: [UInt8]) throws {
    var exchange = try SOCKS5Exchange(target: target, port: 0x1234, credentials: nil)
    _ = exchange.takeOutput()
    try exchange.receive([5, 0])
    #expect(exchange.takeOutput() == [5, 1, 0] + address + [0x12, 0x34])
    #expect(exchange.tunnel == nil)
  }

  @Test func theRequest() throws {
    try checkRequest(.name("inst.example"), [3, 12] + Array("inst.example".utf8))
    try checkRequest(.address(try #require(IPAddress("192.0.2.7"))), [1, 192, 0, 2, 7])
    try checkRequest(
      .address(try #require(IPAddress("2001:db8::1"))),
      [4, 0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1])
  }

  @Test func userAndPassword() throws {
    var exchange = try SOCKS5Exchange(target: .name("h"), port: 1, credentials: Self.joe)
    _ = exchange.takeOutput()
    try exchange.receive([5, 2])
    #expect(exchange.takeOutput() == [1, 3] + Array("joe".utf8) + [2] + Array("pw".utf8))
    try exchange.receive([1, 0])
    #expect(exchange.takeOutput() == [5, 1, 0, 3, 1, UInt8(ascii: "h"), 0, 1])
    try exchange.receive(Self.succeeded + [9, 9])
    #expect(exchange.tunnel?.leftover == [9, 9])
  }

  /// A proxy that knows who we are by other means may want nothing.
  @Test func credentialsThatAreNotAskedFor() throws {
    var exchange = try SOCKS5Exchange(target: .name("h"), port: 1, credentials: Self.joe)
    _ = exchange.takeOutput()
    try exchange.receive([5, 0])
    #expect(exchange.takeOutput().starts(with: [5, 1, 0]))
  }

  @Test(arguments: [1, 2, 3, 100])
  func aTunnelWhateverTheBoundAddressIs(pieces: Int) throws {
    let replies: [[UInt8]] = [
      Self.succeeded, [5, 0, 0, 4] + [UInt8](repeating: 0, count: 18),
      [5, 0, 0, 3, 2, 65, 66, 0, 1],
      [5, 0, 0, 3, 0, 0, 1],
      // RFC 1928 asks for a reserved byte of 0; nothing hangs on it.
      [5, 0, 7, 1, 0, 0, 0, 0, 0, 0],
    ]
    for reply in replies {
      for rest: [UInt8] in [[], [1], [5, 0, 0]] {
        let tunnel = try outcome([5, 0] + reply + rest, pieces: pieces).get()
        #expect(tunnel.leftover == rest)
      }
    }
  }

  @Test(arguments: [UInt8](1...9))
  func aReplyThatRefuses(code: UInt8) throws {
    let error = ProxyError.socks(SOCKSReply(rawValue: code))
    #expect(
      try outcome([5, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0]) == .failure(error))
    // Told by the first bytes: some close without the rest.
    #expect(try outcome([5, 0, 5, code]) == .failure(error))
  }

  @Test func refusedAuthentication() throws {
    #expect(
      try outcome([5, 0xFF])
        == .failure(.authenticationRequired(method: "of another kind than none")))
    #expect(
      try outcome([5, 0xFF], credentials: Self.joe)
        == .failure(.authenticationRefused(method: "it takes no user and password")))
    for answer: [UInt8] in [[5, 2, 1, 1], [5, 2, 1, 0xFF], [5, 2, 1], [5, 2]] {
      #expect(
        try outcome(answer, credentials: Self.joe)
          == .failure(.authenticationRefused(method: "RFC 1929")))
    }
  }

  private static let broken: [[UInt8]] = [
    [4, 90], Array("HTTP/1.1 400".utf8), [5, 2], [5, 1], [5, 0, 4, 0, 0, 1],
    [5, 0, 5, 0, 0, 2, 0], [5, 0, 5, 0, 0, 0, 0],
  ]

  @Test(arguments: broken)
  func whatIsNotTheProtocol(bytes: [UInt8]) throws {
    for pieces in [1, 100] {
      guard case .failure(.malformed) = try outcome(bytes, pieces: pieces) else {
        Issue.record("not refused")
        return
      }
    }
    guard case .failure(.malformed) = try outcome([5, 2, 5, 0], credentials: Self.joe) else {
      Issue.record("the wrong version of authentication is accepted")
      return
    }
  }

  private static let cut: [[UInt8]] = [
    [], [5], [5, 0], [5, 0, 5], [5, 0, 5, 0, 0], [5, 0, 5, 0, 0, 1, 0],
  ]

  @Test(arguments: cut)
  func theEndBeforeAReply(bytes: [UInt8]) throws {
    #expect(try outcome(bytes) == .failure(.ended))
  }

  @Test func lengthsHaveOneByte() throws {
    let longest = String(repeating: "x", count: 255)
    _ = try SOCKS5Exchange(
      target: .name(longest), port: 1,
      credentials: ProxyCredentials(user: longest, password: longest))
    for name in ["", longest + "x", String(repeating: "é", count: 128)] {
      let error = #expect(throws: ProxyError.self) {
        try SOCKS5Exchange(target: .name(name), port: 1, credentials: nil)
      }
      guard case .unusableTarget(name, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    for credentials in [
      ProxyCredentials(user: longest + "x", password: ""),
      ProxyCredentials(user: "", password: longest + "x"),
    ] {
      let error = #expect(throws: ProxyError.self) {
        try SOCKS5Exchange(target: .name("h"), port: 1, credentials: credentials)
      }
      guard case .unusableCredentials? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  /// Seeded: any bytes, and valid answers with changes, give the same in every cut, without a trap.
  @Test(arguments: 0..<30)
  func anyBytesInAnyPieces(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let samples: [[UInt8]] = [
      [5, 0] + Self.succeeded + [7, 7], [5, 2, 1, 0] + Self.succeeded, [5, 2, 1, 1],
      [5, 0, 5, 4, 0, 1], [5, 0, 5, 0, 0, 3, 200], [5, 0xFF],
    ]
    for _ in 0..<200 {
      let bytes = mutated(samples, &random)
      for credentials in [nil, Self.joe] {
        let whole = try outcome(bytes, pieces: max(bytes.count, 1), credentials: credentials)
        for pieces in [1, 2, 5] {
          let other = try outcome(bytes, pieces: pieces, credentials: credentials)
          #expect(other == whole, "seed \(seed), pieces \(pieces): \(bytes)")
        }
      }
    }
  }
}
