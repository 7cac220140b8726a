import WebSocket

/// Responses and requests with their bodies are read alike however they are cut, never more than the
/// limit is kept, and what is sent in chunks comes back.
///
/// The input: who reads, the limit, the cuts, and the bytes of the message.
func fuzzHTTPMessage(_ input: UnsafeRawBufferPointer) {
  var choices = Choices(input)
  let side = choices.byte() % 4
  let limit = choices.one(of: [0, 16, 1 << 20])
  let seed = choices.byte()
  let stream = choices.rest
  if side == 3 { return chunksComeBack(stream, seed) }
  let read: (Cut) -> MessageStory = { cut in
    switch side {
    case 0: MessageStory(ofResponse: stream, to: "GET", limit: limit, cut: cut)
    case 1: MessageStory(ofResponse: stream, to: "HEAD", limit: limit, cut: cut)
    default: MessageStory(ofRequest: stream, limit: limit, cut: cut)
    }
  }
  let whole = read(.nowhere)
  require(whole.body.count <= limit, "\(whole.body.count) bytes of \(limit)")
  for cut in Cut.some(seed) {
    let other = read(cut)
    require(other == whole, "\(cut) gives\n\(other)\ninstead of\n\(whole)")
  }
}

/// What becomes of a stream.
private struct MessageStory: Equatable {
  var status: Int?
  var target: String?
  var body: [UInt8] = []
  /// How many bytes belong to a request.
  var consumed = 0
  var error: HTTPResponseError?

  init(ofResponse stream: some Collection<UInt8>, to method: String, limit: Int, cut: Cut) {
    var parser = HTTPResponseParser(to: method, headLimit: 512, bodyLimit: limit)
    do throws(HTTPResponseError) {
      for piece in cut.pieces(of: stream) {
        try piece.span.withUnsafeBytes { (bytes) throws(HTTPResponseError) in
          try parser.receive(bytes)
        }
      }
      try parser.receiveEnd()
      require(parser.isComplete, "an end in order is one")
      status = parser.head?.status
      body = parser.body
    } catch { self.error = error }
  }

  init(ofRequest stream: some Collection<UInt8>, limit: Int, cut: Cut) {
    var headParser = HTTPHeadParser(limit: 512)
    var bodyParser: HTTPBodyParser?
    do throws(HTTPResponseError) {
      for piece in cut.pieces(of: stream) {
        var rest = piece[...]
        if bodyParser == nil {
          guard let (head, used) = try Self.head(of: piece, &headParser) else {
            consumed += piece.count
            continue
          }
          target = head.target
          consumed += used
          rest = rest.dropFirst(used)
          do throws(HTTPBodyError) {
            bodyParser = try HTTPBodyParser(ofRequest: head, limit: limit)
          } catch { throw .body(error) }
        }
        let copy = Array(rest)
        do throws(HTTPBodyError) {
          consumed += try copy.span.withUnsafeBytes { (bytes) throws(HTTPBodyError) in
            try bodyParser?.receive(bytes) ?? 0
          }
        } catch { throw .body(error) }
      }
      do throws(HTTPBodyError) { try bodyParser?.receiveEnd() } catch { throw .body(error) }
      body = bodyParser?.body ?? []
    } catch {
      self.error = error
      consumed = 0
    }
  }

  private static func head(
    of piece: [UInt8], _ parser: inout HTTPHeadParser
  ) throws(HTTPResponseError) -> (head: HTTPRequestHead, consumed: Int)? {
    do throws(HTTPHeadError) {
      return try piece.span.withUnsafeBytes { (bytes) throws(HTTPHeadError) in
        try parser.receiveRequest(bytes)
      }
    } catch { throw .head(error) }
  }
}

/// A body in chunks of any sizes is what it was.
private func chunksComeBack(_ body: some Collection<UInt8>, _ seed: UInt8) {
  var message = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
  for chunk in Cut.pattern(seed & 0x0F, seed >> 4).pieces(of: body) {
    message += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10]
  }
  message += Array("0\r\n\r\n".utf8)
  let story = MessageStory(
    ofResponse: message, to: "GET", limit: body.count, cut: .pattern(seed, 0))
  require(story.error == nil && story.body == Array(body), "\(story)")
}
