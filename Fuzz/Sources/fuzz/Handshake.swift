@testable import WebSocket

/// Heads are read alike however they are cut, and both ends understand each other: the client accepts
/// the response to every request that the server accepts, and the server every request that the
/// client makes.
///
/// The input: who reads, then its settings, the cuts, and the bytes of the head.
func fuzzHandshake(_ input: UnsafeRawBufferPointer) {
  var choices = Choices(input)
  switch choices.byte() % 3 {
  case 0: fuzzRequest(&choices)
  case 1: fuzzResponse(&choices)
  default: fuzzClient(&choices)
  }
}

// MARK: - A request comes

private func fuzzRequest(_ choices: inout Choices) {
  let settings = choices.byte()
  let cuts = Cut.some(choices.byte())
  let configuration = serverConfiguration(settings, windowBits: 15)
  let whole = RequestStory(of: choices.rest, cut: .nowhere, configuration)
  for cut in cuts {
    let other = RequestStory(of: choices.rest, cut: cut, configuration)
    require(other == whole, "\(cut) gives\n\(other)\ninstead of\n\(whole)")
  }
  if let error = whole.error { isUnderstood(refusal: error) }
  guard whole.acceptance != nil else { return }
  for windowBits in 8...15 {
    let configuration = serverConfiguration(settings, windowBits: windowBits)
    let story = RequestStory(of: choices.rest, cut: .nowhere, configuration)
    guard let head = story.head, let acceptance = story.acceptance else {
      fatalError("broken: with \(configuration) it is no request: \(story)")
    }
    isUnderstood(acceptance, of: head)
  }
}

private func serverConfiguration(
  _ settings: UInt8, windowBits: Int
) -> ServerHandshakeConfiguration {
  let policy = DeflatePolicy(
    serverNoContextTakeover: settings & 1 != 0, clientNoContextTakeover: settings & 2 != 0,
    serverMaxWindowBits: windowBits, clientMaxWindowBits: windowBits)
  return ServerHandshakeConfiguration(
    subprotocols: ["chat", "superchat"], deflate: settings & 4 == 0 ? policy : nil,
    headLimit: settings & 8 == 0 ? 16 << 10 : 64)
}

/// What a server makes of a stream.
private struct RequestStory: Equatable {
  var head: HTTPRequestHead?
  var error: HandshakeError?
  var consumed = 0
  var acceptance: ServerHandshake.Acceptance?

  init(
    of stream: some Collection<UInt8>, cut: Cut, _ configuration: ServerHandshakeConfiguration
  ) {
    var handshake = ServerHandshake(configuration: configuration)
    for piece in cut.pieces(of: stream) {
      do throws(HandshakeError) {
        let progress = try piece.span.withUnsafeBytes { (bytes) throws(HandshakeError) in
          try handshake.receive(bytes)
        }
        guard case .request(let head, let used) = progress else {
          consumed += piece.count
          continue
        }
        require(used <= piece.count, "\(used) of \(piece.count) bytes belong to the head")
        self.head = head
        consumed += used
        acceptance = handshake.accept()
      } catch {
        self.error = error
        consumed = 0
      }
      return
    }
    error = handshake.receiveEnd()
  }
}

/// Our client, had it made this request, takes the response for what the server means by it.
private func isUnderstood(
  _ acceptance: ServerHandshake.Acceptance, of head: HTTPRequestHead
) {
  let key = bytes(ofBase64: head.value("Sec-WebSocket-Key") ?? "")
  // The bits behind the 16th byte may be anything; our client's are zero.
  guard Base64.encode(key) == head.value("Sec-WebSocket-Key") else { return }
  let offer = ExtensionElement.parse(head.values("Sec-WebSocket-Extensions"))?.lazy
    .filter(PerMessageDeflate.isNamed).compactMap { try? PerMessageDeflate.Parameters($0) }.first
  let asked = offer.map { offer in
    DeflateOffer(
      serverNoContextTakeover: offer.serverNoContextTakeover,
      clientNoContextTakeover: offer.clientNoContextTakeover,
      serverMaxWindowBits: offer.serverMaxWindowBits,
      clientMaxWindowBits: offer.clientMaxWindowBits == .absent
        ? nil : offer.clientMaxWindowBits.limit)
  }
  var client = mustSucceed("the same request") { () throws(HandshakeError) in
    try ClientHandshake(
      host: "example.com", target: "/", subprotocols: acceptance.subprotocol.map { [$0] } ?? [],
      deflate: asked, key: key)
  }
  // A frame that comes along with the response is none of its bytes.
  let result = finish(&client, with: acceptance.response + [0x81, 0x00])
  require(result.consumed == acceptance.response.count, "\(result.consumed) bytes are the response")
  require(result.deflate == acceptance.deflate, "\(result) for \(acceptance)")
  require(result.subprotocol == acceptance.subprotocol, "\(result) for \(acceptance)")
}

/// Our client tells a refusal from anything else.
private func isUnderstood(refusal error: HandshakeError) {
  var client = mustSucceed("a request") { () throws(HandshakeError) in
    try ClientHandshake(host: "example.com", target: "/")
  }
  let answer = ServerHandshake.refusal(for: error)
  let outcome = result { () throws(HandshakeError) in
    try answer.span.withUnsafeBytes { (bytes) throws(HandshakeError) in try client.receive(bytes) }
  }
  guard case .refused(let status, _, _, _) = outcome.failure ?? client.receiveEnd() else {
    fatalError("broken: the refusal for \(error) is \(outcome)")
  }
  require(400...499 ~= status, "\(status) for \(error)")
}

private func bytes(ofBase64 text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  var word: UInt32 = 0
  for (index, digit) in text.utf8.enumerated() {
    word = word << 6 | UInt32(Base64.alphabet.firstIndex(of: digit) ?? 0)
    guard index % 4 == 3 else { continue }
    bytes += [16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
  }
  return Array(bytes.prefix(HandshakeKey.size))
}

// MARK: - A response comes

private func fuzzResponse(_ choices: inout Choices) {
  let byte = choices.byte()
  let offer = DeflateOffer(
    serverNoContextTakeover: byte & 1 != 0, clientNoContextTakeover: byte & 2 != 0,
    serverMaxWindowBits: byte & 4 != 0 ? 10 : nil, clientMaxWindowBits: byte & 8 != 0 ? nil : 12)
  // The key of RFC 6455, section 1.3: whoever writes an input knows the answer to it.
  let client = mustSucceed("a request") { () throws(HandshakeError) in
    try ClientHandshake(
      host: "example.com", target: "/chat", subprotocols: ["chat", "superchat"],
      deflate: byte & 16 == 0 ? offer : nil, key: Array("the sample nonce".utf8),
      headLimit: byte & 32 == 0 ? 16 << 10 : 64)
  }
  let cuts = Cut.some(choices.byte())
  let whole = ResponseStory(of: choices.rest, cut: .nowhere, client)
  for cut in cuts {
    let other = ResponseStory(of: choices.rest, cut: cut, client)
    require(other == whole, "\(cut) gives\n\(other)\ninstead of\n\(whole)")
  }
}

/// What a client makes of a stream.
private struct ResponseStory: Equatable {
  /// Its `consumed` counts from the start of the stream.
  var result: HandshakeResult?
  var error: HandshakeError?

  init(of stream: some Collection<UInt8>, cut: Cut, _ client: ClientHandshake) {
    var client = client
    var offset = 0
    for piece in cut.pieces(of: stream) {
      do throws(HandshakeError) {
        let progress = try piece.span.withUnsafeBytes { (bytes) throws(HandshakeError) in
          try client.receive(bytes)
        }
        guard case .done(var result) = progress else {
          offset += piece.count
          continue
        }
        require(result.consumed <= piece.count, "\(result.consumed) of \(piece.count) bytes")
        result.consumed += offset
        self.result = result
      } catch {
        self.error = error
      }
      return
    }
    error = client.receiveEnd()
  }
}

// MARK: - Our client asks our server

private func fuzzClient(_ choices: inout Choices) {
  let settings = choices.byte()
  let byte = choices.byte()
  let offer = DeflateOffer(
    serverNoContextTakeover: byte & 1 != 0, clientNoContextTakeover: byte & 2 != 0,
    serverMaxWindowBits: byte & 4 != 0 ? 8 + Int(byte >> 5) : nil,
    clientMaxWindowBits: byte & 8 != 0 ? 8 + Int(byte >> 5) : nil)
  let host = choices.text()
  let target = choices.text()
  let origin = choices.text()
  let subprotocols = choices.text().split(separator: ",").map(String.init)
  let field = HTTPField(name: choices.text(), value: choices.text())
  // What cannot be sent is refused.
  let made = try? ClientHandshake(
    host: host, target: target, origin: origin, subprotocols: subprotocols, fields: [field],
    deflate: byte & 16 == 0 ? offer : nil, key: Array("the sample nonce".utf8))
  guard let made else { return }
  for windowBits in 8...15 {
    let configuration = serverConfiguration(settings, windowBits: windowBits)
    // A large head is the server's right to refuse.
    guard made.request.count <= configuration.headLimit else { return }
    var client = made
    var server = ServerHandshake(configuration: configuration)
    let progress = mustSucceed("our own request") { () throws(HandshakeError) in
      try client.request.span.withUnsafeBytes { (bytes) throws(HandshakeError) in
        try server.receive(bytes)
      }
    }
    guard case .request(let head, client.request.count) = progress,
      let acceptance = server.accept(fields: [field])
    else { fatalError("broken: our own request is \(progress)") }
    require(head.target == target && head.value("Host") == host, "\(head) is what was asked for")
    let result = finish(&client, with: acceptance.response)
    require(result.deflate == acceptance.deflate, "\(result) for \(acceptance)")
    require(result.subprotocol == acceptance.subprotocol, "\(result) for \(acceptance)")
  }
}

/// Gives a client a response that it must accept.
private func finish(
  _ client: inout ClientHandshake, with response: [UInt8]
) -> HandshakeResult {
  let progress = mustSucceed("an acceptance") { () throws(HandshakeError) in
    try response.span.withUnsafeBytes { (bytes) throws(HandshakeError) in
      try client.receive(bytes)
    }
  }
  guard case .done(let result) = progress else { fatalError("broken: \(progress)") }
  return result
}
