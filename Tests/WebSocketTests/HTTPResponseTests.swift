import Testing

@testable import WebSocket

/// Whole responses (RFC 9112 sections 4 to 7, RFC 9110 section 15.2).
struct HTTPResponseTests {
  private func read(
    _ text: String, to method: String = "GET", step: Int = .max, headLimit: Int = 1000
  ) throws(HTTPResponseError) -> HTTPResponseParser {
    var parser = HTTPResponseParser(to: method, headLimit: headLimit, bodyLimit: 1000)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(step))
      rest = rest.dropFirst(piece.count)
      try piece.span.bytes.withUnsafeBytes { (bytes) throws(HTTPResponseError) in
        try parser.receive(bytes)
      }
    }
    return parser
  }

  @Test func interimResponsesArePassedOverWhereverTheyAreCut() throws {
    let text =
      "HTTP/1.1 100 Continue\r\nA: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      + "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n1;x=y\r\n!\r\n"
      + "0\r\nDigest: z\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    for step in 1...text.utf8.count {
      let parser = try read(text, step: step)
      #expect(parser.head?.status == 404)
      #expect(parser.head?.fields.map(\.name) == ["Transfer-Encoding"])
      #expect(String(decoding: parser.body, as: UTF8.self) == "no!")
      #expect(parser.isComplete)
    }
  }

  @Test func interimResponsesWithoutEndGoOverTheLimit() {
    let text = String(repeating: "HTTP/1.1 102 Processing\r\n\r\n", count: 100)
    #expect(throws: HTTPResponseError.head(.tooLarge(limit: 1000))) { try read(text) }
  }

  /// RFC 9110 section 15.2.2: nobody asked for another protocol.
  @Test func anUpgradeIsRefused() {
    #expect(throws: HTTPResponseError.head(.malformed("an upgrade that nobody asked for"))) {
      try read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")
    }
  }

  @Test func theAnswerToHEADEndsWithItsHead() throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    #expect(try read(head, to: "HEAD").isComplete)
    #expect(try !read(head).isComplete)
  }

  @Test func theEndOfTheConnectionEndsOnlyWhatHasNoOther() throws {
    var unbounded = try read("HTTP/1.0 200 OK\r\n\r\nall")
    #expect(unbounded.endsWithConnection && !unbounded.isComplete)
    try unbounded.receiveEnd()
    #expect(unbounded.isComplete)
    for beginning in ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"] {
      var parser = try read(beginning)
      #expect(throws: HTTPResponseError.body(.truncated)) { try parser.receiveEnd() }
    }
  }

  /// RFC 9112 section 6.1: HTTP/1.0 knows no transfer codings, so others may read it differently.
  @Test(arguments: [
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 5\r\nhello",
  ])
  func whatCouldBeReadInTwoWaysIsRefused(text: String) {
    #expect {
      _ = try read(text)
    } throws: { error in
      if case .body(.malformed)? = error as? HTTPResponseError { true } else { false }
    }
  }
}
