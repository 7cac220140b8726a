import Testing

@testable import WebSocket

/// Bodies of HTTP/1 messages (RFC 9112 sections 6 and 7).
struct HTTPBodyTests {
  private func response(_ fields: [(String, String)], status: Int = 200) -> HTTPResponseHead {
    HTTPResponseHead(
      status: status, reason: "", fields: fields.map { HTTPField(name: $0.0, value: $0.1) })
  }

  /// Reads `text` cut after `cut` bytes; gives the body and what is left over.
  private func read(
    _ head: HTTPResponseHead, _ text: String, cut: Int = 0, method: String = "GET",
    limit: Int = 1000, ends: Bool = false
  ) throws(HTTPBodyError) -> (body: String, rest: String, isComplete: Bool) {
    var parser = try HTTPBodyParser(ofResponse: head, to: method, limit: limit)
    let bytes = Array(text.utf8)
    var consumed = 0
    for piece in [bytes[..<cut], bytes[cut...]] {
      let copy = Array(piece)
      consumed += try copy.span.bytes.withUnsafeBytes { (bytes) throws(HTTPBodyError) in
        try parser.receive(bytes)
      }
    }
    if ends { try parser.receiveEnd() }
    return (
      String(decoding: parser.body, as: UTF8.self),
      String(decoding: bytes[consumed...], as: UTF8.self), parser.isComplete
    )
  }

  @Test func aLengthCountsTheBytes() throws {
    for cut in 0...8 {
      let result = try read(response([("Content-Length", "5")]), "hellomor", cut: cut)
      #expect(result == ("hello", "mor", true))
    }
    #expect(try read(response([("content-length", "0")]), "x") == ("", "x", true))
    #expect(try read(response([("Content-Length", "5")]), "hell") == ("hell", "", false))
  }

  @Test func chunksArePutTogetherWhereverTheyAreCut() throws {
    let text = "5\r\nhello\r\nA;x=\"y\"\r\n, chunked!\r\n0\r\nTrailer: t\r\n\r\nmore"
    for cut in 0...text.utf8.count {
      let result = try read(response([("Transfer-Encoding", "Chunked")]), text, cut: cut)
      #expect(result == ("hello, chunked!", "more", true))
    }
  }

  @Test func withoutALengthAResponseEndsWithTheConnection() throws {
    #expect(try read(response([]), "all of it") == ("all of it", "", false))
    #expect(try read(response([]), "all of it", ends: true) == ("all of it", "", true))
  }

  @Test(arguments: [204, 304])
  func someResponsesHaveNoBody(status: Int) throws {
    #expect(
      try read(response([("Content-Length", "5")], status: status), "x") == ("", "x", true))
    #expect(try read(response([("Content-Length", "5")]), "x", method: "HEAD") == ("", "x", true))
  }

  @Test func aRequestWithoutALengthHasNoBody() throws {
    let head = HTTPRequestHead(method: "POST", target: "/")
    #expect(try HTTPBodyParser(ofRequest: head, limit: 10).isComplete)
  }

  @Test(arguments: [
    [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
    [("Content-Length", "5"), ("Content-Length", "6")],
    [("Content-Length", "5, 5")],
    [("Content-Length", "-5")],
    [("Content-Length", "+5")],
    [("Content-Length", "")],
    [("Content-Length", "99999999999999999999")],
    [("Transfer-Encoding", "gzip, chunked")],
    [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
  ])
  func whatCouldBeReadInTwoWaysIsRefused(fields: [(String, String)]) {
    #expect {
      _ = try read(response(fields), "")
    } throws: { error in
      if case .malformed? = error as? HTTPBodyError { true } else { false }
    }
  }

  @Test func theSameLengthTwiceIsOne() throws {
    let head = response([("Content-Length", "2"), ("Content-Length", "2")])
    #expect(try read(head, "ab") == ("ab", "", true))
  }

  @Test(arguments: [
    "x\r\n", "\r\n", "-1\r\n", "0x5\r\n", "5\nhello", "5\rhello", "5\r\nhelloX\r\n",
    "1000000000000000\r\n", "5\u{1}\r\n",
  ])
  func brokenChunksAreRefused(text: String) {
    #expect {
      _ = try read(response([("Transfer-Encoding", "chunked")]), text, limit: .max)
    } throws: { error in
      if case .malformed? = error as? HTTPBodyError { true } else { false }
    }
  }

  @Test func limitsHoldForEveryFraming() {
    let error = HTTPBodyError.tooLarge(limit: 4)
    #expect(throws: error) { try read(response([("Content-Length", "5")]), "", limit: 4) }
    #expect(throws: error) { try read(response([]), "12345", limit: 4) }
    let chunked = response([("Transfer-Encoding", "chunked")])
    #expect(throws: error) { try read(chunked, "5\r\n", limit: 4) }
    #expect(throws: error) { try read(chunked, "3\r\nabc\r\n2\r\n", limit: 4) }
    let endless = "0\r\n" + String(repeating: "A: b\r\n", count: 10_000)
    #expect(throws: HTTPBodyError.malformed("a trailer without end")) {
      try read(chunked, endless)
    }
    #expect(throws: HTTPBodyError.malformed("a line without end")) {
      try read(chunked, "1;" + String(repeating: "x", count: 5000))
    }
  }

  @Test func anEarlyEndIsNoBody() {
    #expect(throws: HTTPBodyError.truncated) {
      try read(response([("Content-Length", "5")]), "hell", ends: true)
    }
    #expect(throws: HTTPBodyError.truncated) {
      try read(response([("Transfer-Encoding", "chunked")]), "5\r\nhello\r\n", ends: true)
    }
  }
}
