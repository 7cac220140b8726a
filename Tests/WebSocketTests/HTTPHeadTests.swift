import Testing

@testable import WebSocket

@Suite struct HTTPHeadTests {
  private func response(
    _ text: String, limit: Int = 16 << 10, step: Int? = nil
  ) throws -> (head: HTTPResponseHead, rest: String)? {
    var parser = HTTPHeadParser(limit: limit)
    let bytes = Array(text.utf8)
    let step = max(step ?? bytes.count, 1)
    for i in stride(from: 0, to: bytes.count, by: step) {
      let piece = Array(bytes[i..<min(i + step, bytes.count)])
      if let (head, consumed) = try piece.withUnsafeBytes({ try parser.receiveResponse($0) }) {
        return (head, String(decoding: bytes[(i + consumed)...], as: UTF8.self))
      }
    }
    return nil
  }

  private func request(_ text: String) throws -> HTTPRequestHead? {
    var parser = HTTPHeadParser()
    return try Array(text.utf8).withUnsafeBytes { try parser.receiveRequest($0)?.head }
  }

  @Test func readsAHeadCutAnywhere() throws {
    let text =
      "HTTP/1.1 200 Very OK\r\nA: 1\r\nempty:\r\nX-Y:\t two  words \t\r\na:3\r\n\r\nbody\r\n"
    for step in 1...text.utf8.count {
      let (head, rest) = try #require(try response(text, step: step))
      #expect(head.status == 200)
      #expect(head.reason == "Very OK")
      #expect(head.minorVersion == 1)
      #expect(head.values("A") == ["1", "3"])
      #expect(head.value("x-y") == "two  words")
      #expect(head.value("Empty") == "")
      #expect(head.value("none") == nil)
      #expect(rest == "body\r\n")
    }
  }

  @Test func readsARequest() throws {
    let head = try #require(try request("GET /a?b=%20 HTTP/1.0\r\nHost: x\r\n\r\n"))
    #expect(
      head
        == HTTPRequestHead(
          method: "GET", target: "/a?b=%20", minorVersion: 0,
          fields: [HTTPField(name: "Host", value: "x")]))
    #expect(try head.encoded() == Array("GET /a?b=%20 HTTP/1.0\r\nHost: x\r\n\r\n".utf8))
  }

  @Test func aReasonMayBeMissing() throws {
    #expect(try response("HTTP/1.1 204 \r\n\r\n")?.head.reason == "")
    #expect(try response("HTTP/1.0 204\r\n\r\n")?.head.status == 204)
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH", "HTTP/2 200 OK\r\n", "http/1.1 200 OK\r\n", "\r\nHTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\n", "HTTP/1.1 200 OK\rX", "HTTP/1.1  200 OK\r\n", "HTTP/1.1 20 OK\r\n",
    "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 099 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1\r\n",
    "HTTP/1.2 200 OK\r\n", "HTTP/1.1 200 OK\r\n folded: 1\r\n",
    "HTTP/1.1 200 OK\r\nA: 1\r\n\t2\r\n",
    "HTTP/1.1 200 OK\r\nA : 1\r\n", "HTTP/1.1 200 OK\r\n: 1\r\n", "HTTP/1.1 200 OK\r\nA\r\n",
    "HTTP/1.1 200 OK\r\nA b: 1\r\n", "HTTP/1.1 200 OK\r\nA: \0\r\n",
    "HTTP/1.1 200 OK\r\nA: \u{7F}\r\n",
    "HTTP/1.1 200 OK\r\nA: 1\n", "HTTP/1.1 200 OK\r\nA: 1\r\r\n", "HTTP/1.1 200 OK\r\né: 1\r\n",
  ])
  func refuses(_ text: String) {
    for step in [1, text.utf8.count] {
      #expect(throws: HTTPHeadError.self, "\(text.debugDescription)") {
        try response(text, step: step)
      }
    }
  }

  @Test(arguments: [
    "GET  / HTTP/1.1\r\n", "GET / \r\n", "GET /\r\n", "GE(T / HTTP/1.1\r\n",
    "GET /\u{e9} HTTP/1.1\r\n", " GET / HTTP/1.1\r\n", "\r\n",
  ])
  func refusesRequests(_ text: String) {
    #expect(throws: HTTPHeadError.self, "\(text.debugDescription)") { try request(text) }
  }

  @Test func sizeAndNumberOfFieldsAreLimited() throws {
    let head = "HTTP/1.1 200 OK\r\nA: 1\r\n\r\n"
    #expect(try response(head, limit: head.utf8.count) != nil)
    #expect(throws: HTTPHeadError.tooLarge(limit: head.utf8.count - 1)) {
      try response(head, limit: head.utf8.count - 1)
    }
    let many = "HTTP/1.1 200 OK\r\n" + String(repeating: "A: 1\r\n", count: 129)
    #expect(throws: HTTPHeadError.tooManyFields(limit: 128)) { try response(many) }
  }

  @Test func theLimitCountsBeforeWhatLiesBehindIt() {
    for step in 1...7 {
      #expect(throws: HTTPHeadError.tooLarge(limit: 4), "pieces of \(step) bytes") {
        try response("HTTP\n/1", limit: 4, step: step)
      }
    }
  }

  @Test func requestsThatWouldBeSplitAreNotSent() {
    let bad = [
      HTTPRequestHead(method: "GET", target: "/ HTTP/1.1\r\nX: 1"),
      HTTPRequestHead(method: "GET /", target: "/"),
      HTTPRequestHead(method: "GET", target: ""),
      HTTPRequestHead(method: "GET", target: "/", fields: [HTTPField(name: "A:", value: "1")]),
      HTTPRequestHead(method: "GET", target: "/", fields: [HTTPField(name: "", value: "1")]),
      HTTPRequestHead(
        method: "GET", target: "/", fields: [HTTPField(name: "A", value: "1\r\nB: 2")]),
      HTTPRequestHead(method: "GET", target: "/", fields: [HTTPField(name: "A", value: "\0")]),
    ]
    for head in bad {
      #expect(throws: HandshakeError.self) { try head.encoded() }
    }
  }

  @Test func responsesLeaveOutWhatWouldSplitThem() {
    let head = HTTPResponseHead(
      status: 200, reason: "O\r\nK",
      fields: [HTTPField(name: "A", value: "1\r\nB: 2"), HTTPField(name: "C", value: "3")])
    #expect(head.encoded() == Array("HTTP/1.1 200 OK\r\nC: 3\r\n\r\n".utf8))
  }
}
