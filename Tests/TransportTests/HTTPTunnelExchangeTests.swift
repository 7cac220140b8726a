import Testing

@testable import Transport

/// CONNECT as bytes in, bytes out: RFC 9110 sections 9.3.6 and 15, RFC 7617.
struct HTTPTunnelExchangeTests {
  private func request(
    _ host: String, _ port: UInt16 = 443, _ credentials: ProxyCredentials? = nil
  ) throws -> String {
    var exchange = try HTTPTunnelExchange(host: host, port: port, credentials: credentials)
    let output = exchange.takeOutput()
    #expect(exchange.takeOutput().isEmpty)
    return String(decoding: output, as: UTF8.self)
  }

  /// How an exchange goes that gets these bytes, cut into pieces of that size, and then the end.
  private func outcome(
    _ bytes: [UInt8], pieces: Int, credentials: ProxyCredentials? = nil
  ) throws -> Result<ProxyTunnel, ProxyError> {
    var exchange = try HTTPTunnelExchange(host: "h", port: 1, credentials: credentials)
    _ = exchange.takeOutput()
    return outcomeOf(&exchange, bytes, pieces: pieces)
  }

  @Test func theRequest() throws {
    #expect(
      try request("inst.example", 8443)
        == "CONNECT inst.example:8443 HTTP/1.1\r\nHost: inst.example:8443\r\n\r\n")
    // RFC 7617 section 2's own example.
    #expect(
      try request("a", 1, ProxyCredentials(user: "Aladdin", password: "open sesame"))
        == "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n"
        + "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n")
  }

  @Test func anIPv6AddressHasBracketsAndNoZone() throws {
    #expect(
      try request("2001:db8::1").hasPrefix(
        "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"))
    #expect(try request("fe80::1%eth0").hasPrefix("CONNECT [fe80::1]:443 HTTP/1.1\r\n"))
  }

  @Test(arguments: ["", "a b", "a\r\nX: y", "é", "a\0"])
  func aNameThatWouldChangeTheRequestIsRefused(host: String) {
    let error = #expect(throws: ProxyError.self) {
      try HTTPTunnelExchange(host: host, port: 1, credentials: nil)
    }
    guard case .unusableTarget(host, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aUserWithAColonHasNoForm() {
    let error = #expect(throws: ProxyError.self) {
      try HTTPTunnelExchange(
        host: "a", port: 1, credentials: ProxyCredentials(user: "a:b", password: "c"))
    }
    guard case .unusableCredentials? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func aTunnelAndWhatFollows(pieces: Int) throws {
    for head in [
      "HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nVia: x\r\n\r\n",
      "HTTP/1.1 204 \r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      // Both mean nothing in the answer to CONNECT.
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
      for rest in ["", "hello", "\r\n"] {
        let tunnel = try outcome(Array((head + rest).utf8), pieces: pieces).get()
        #expect(tunnel.leftover == Array(rest.utf8), "\(head)")
      }
    }
  }

  @Test(arguments: [1, 5, 1000])
  func aRefusalKeepsStatusReasonAndBody(pieces: Int) throws {
    let cases: [(String, ProxyError)] = [
      (
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope and more",
        .refused(status: 403, reason: "Forbidden", body: Array("nope".utf8))
      ),
      (
        "HTTP/1.0 502 Bad Gateway\r\n\r\nto the end",
        .refused(status: 502, reason: "Bad Gateway", body: Array("to the end".utf8))
      ),
      (
        "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        .refused(status: 500, reason: "No", body: Array("abc".utf8))
      ),
      (
        "HTTP/1.1 301 Moved\r\nLocation: http://x\r\nContent-Length: 0\r\n\r\n",
        .refused(status: 301, reason: "Moved", body: [])
      ),
      (
        "HTTP/1.1 403 x\r\nContent-Length: 4\r\n\r\nno",
        .refused(status: 403, reason: "x", body: Array("no".utf8))
      ),
    ]
    for (text, error) in cases {
      #expect(try outcome(Array(text.utf8), pieces: pieces) == .failure(error))
    }
  }

  @Test func aLongBodyIsCut() throws {
    let text = "HTTP/1.1 500 x\r\n\r\n" + String(repeating: "y", count: 100_000)
    guard case .failure(.refused(500, "x", let body)) = try outcome(Array(text.utf8), pieces: 999)
    else {
      Issue.record("no refusal")
      return
    }
    #expect(body.count == 1024)
  }

  @Test func authentication() throws {
    let answer = Array(
      "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 9\r\n\r\n".utf8)
    #expect(
      try outcome(answer, pieces: 9)
        == .failure(
          .authenticationRequired(method: "Basic realm=\"p\"")))
    #expect(
      try outcome(
        answer, pieces: 9, credentials: ProxyCredentials(user: "joe", password: "hunter2"))
        == .failure(.authenticationRefused(method: "Basic realm=\"p\"")))
    // tinyproxy's answer to a wrong password.
    let other = Array("HTTP/1.0 401 Unauthorized\r\n\r\n".utf8)
    #expect(
      try outcome(
        other, pieces: 9, credentials: ProxyCredentials(user: "joe", password: "hunter2"))
        == .failure(.authenticationRefused(method: "401")))
    #expect(
      try outcome(other, pieces: 9)
        == .failure(.refused(status: 401, reason: "Unauthorized", body: [])))
  }

  @Test(arguments: [
    "SSH-2.0-x\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 101 x\r\n\r\n",
    "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\n X: folded\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 20_000),
    String(repeating: "HTTP/1.1 102 x\r\n\r\n", count: 100),
  ])
  func whatIsNotHTTPIsRefused(text: String) throws {
    for pieces in [1, 100_000] {
      guard case .failure(.malformed) = try outcome(Array(text.utf8), pieces: pieces) else {
        Issue.record("accepted")
        return
      }
    }
  }

  @Test(arguments: ["", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nX: y\r\n", "HTTP/1.1 100 x\r\n\r\n"])
  func theEndBeforeAnAnswer(text: String) throws {
    #expect(try outcome(Array(text.utf8), pieces: 3) == .failure(.ended))
  }

  /// Seeded: any bytes, and valid answers with changes, give the same in every cut, without a trap.
  @Test(arguments: 0..<30)
  func anyBytesInAnyPieces(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let samples = [
      "HTTP/1.1 200 OK\r\n\r\nrest", "HTTP/1.1 403 x\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 407 x\r\n\r\n", "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 x\r\n\r\n",
      "HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\nabc\r\n",
    ]
    for _ in 0..<100 {
      let bytes = mutated(samples.map { Array($0.utf8) }, &random)
      let whole = try outcome(bytes, pieces: max(bytes.count, 1))
      for pieces in [1, 2, 5] {
        #expect(
          try outcome(bytes, pieces: pieces) == whole, "seed \(seed), pieces \(pieces): \(bytes)")
      }
    }
  }
}

/// How an exchange goes that gets these bytes, cut into pieces of that size, and then the end.
func outcomeOf(
  _ exchange: inout some ProxyExchange, _ bytes: [UInt8], pieces: Int
) -> Result<ProxyTunnel, ProxyError> {
  do throws(ProxyError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      try exchange.receive(Array(rest.prefix(pieces)))
      rest = rest.dropFirst(pieces)
    }
  } catch { return .failure(error) }
  return exchange.tunnel.map { .success($0) } ?? .failure(exchange.receiveEnd())
}

/// One of the samples with some bytes changed, left out or added; or any bytes at all.
func mutated(_ samples: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
  var bytes = samples[Int.random(in: 0..<samples.count, using: &random)]
  if Int.random(in: 0..<8, using: &random) == 0 {
    return (0..<Int.random(in: 0..<64, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
  }
  for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.remove(at: place)
    default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    }
  }
  return bytes
}
