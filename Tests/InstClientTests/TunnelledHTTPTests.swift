import InstProtocol
import JSONText
import Testing
import Transport

@testable import InstClient

/// HTTP through the socket (PROTOCOL section 5, Tunnelled HTTP).
@EventLoop
@Suite struct TunnelledHTTPTests {
  private let on = ClientOnMemory()

  private func request(_ method: String = "GET") -> HTTPRequestMessage.Request {
    HTTPRequestMessage.Request(
      path: "/p", method: method, query: RawJSON([:]), pathParams: RawJSON([:]),
      headers: RawJSON([:]), body: nil)
  }

  private func response(_ method: String = "GET") -> Task<String, any Error> {
    let (client, request) = (on.client, request(method))
    return Task {
      let response = try await client.httpResponse(to: request)
      return "\(response.statusCode?.text ?? "-") \(response.body?.description ?? "-")"
    }
  }

  private func part(
    _ index: Int, _ body: String, id: Int = 1, isFinal: Bool = false, status: Int? = nil
  ) -> String {
    let head = status.map { #""statusCode":\#($0),"headers":{},"# } ?? ""
    return
      #"[1,-1,{"type":"http_partial_response","id":\#(id),"index":\#(index),"final":\#(isFinal),"response":{\#(head)"body":"\#(body)"}}]"#
  }

  @Test func partsInAnyOrderMakeOneResponse() async {
    let task = response()
    await on.sent(1)
    on.connection.receive(part(2, "c", isFinal: true))
    on.connection.receive(part(1, "b"))
    on.connection.receive(part(1, "twice"))
    on.connection.receive(part(0, "a", status: 200))
    #expect(await outcome(task) == #"200 "abc""#)
  }

  @Test func partsAreHandedOnAsSoonAsTheirTurnComes() async {
    let stream = on.client.sendHTTPRequest(request())
    var parts = stream.elements.makeAsyncIterator()
    await on.sent(1)
    on.connection.receive(part(0, "a", status: 200))
    guard case .part(let first)? = await parts.next() else {
      Issue.record("no first part")
      return
    }
    #expect(first.body?.description == #""a""#)
    on.connection.receive(part(1, "b", isFinal: true))
    guard case .part(let last)? = await parts.next() else {
      Issue.record("no last part")
      return
    }
    #expect(last.body?.description == #""b""#)
    #expect(await parts.next() == nil)
    _ = stream
  }

  @Test func answersAreToldApartByTheirIds() async {
    let first = response()
    await on.sent(1)
    let second = response()
    await on.sent(2)
    on.connection.receive(part(0, "two", id: 2, isFinal: true, status: 200))
    on.connection.receive(
      #"[1,-1,{"type":"http_response","id":1,"response":{"statusCode":404,"body":"one"}}]"#)
    #expect(await outcome(first) == #"404 "one""#)
    #expect(await outcome(second) == #"200 "two""#)
  }

  @Test func whatMayBeRepeatedGoesAgainAfterALossAndTheRestFails() async {
    let get = response()
    await on.sent(1)
    let post = response("POST")
    await on.sent(2)
    on.connection.lose()
    #expect(await outcome(post) == "interrupted")
    on.connection.open()
    await on.sent(3)
    on.connection.receive(part(0, "a", isFinal: true, status: 200))
    #expect(await outcome(get) == #"200 "a""#)
  }

  @Test func aResponseThatHasBegunIsNotBegunAgain() async {
    let task = response()
    await on.sent(1)
    on.connection.receive(part(0, "a", status: 200))
    on.connection.lose()
    #expect(await outcome(task) == "interrupted")
  }

  @Test func withoutIdsOneRequestAtATime() async {
    on.connection.dialect = .documented
    let first = response()
    await on.sent(1)
    let second = response()
    await on.until { true }
    #expect(on.connection.sentMessages.count == 1)
    on.connection.receive(#"[1,-1,{"type":"http/response","response":{"statusCode":200}}]"#)
    await on.sent(2)
    on.connection.receive(#"[1,-1,{"type":"http/response","response":{"statusCode":201}}]"#)
    #expect(await outcome(first) == "200 -")
    #expect(await outcome(second) == "201 -")
  }

  @Test func impossiblePartsAreAnErrorNotATrap() {
    let part = TunnelledResponse()
    var parts = HTTPPartAssembler()
    #expect(throws: HTTPPartAssembler.Fault.impossibleIndex) {
      try parts.receive(part, index: -1, isFinal: false)
    }
    #expect((try? parts.receive(part, index: 3, isFinal: true)) == [])
    #expect(throws: HTTPPartAssembler.Fault.impossibleIndex) {
      try parts.receive(part, index: 4, isFinal: false)
    }
    #expect(throws: HTTPPartAssembler.Fault.twoEnds) {
      try parts.receive(part, index: 2, isFinal: true)
    }
    var ahead = HTTPPartAssembler()
    #expect(throws: HTTPPartAssembler.Fault.tooMuchHeld) {
      for index in 1...20_000 { _ = try ahead.receive(part, index: index, isFinal: false) }
    }
  }

  /// Every order of five parts gives the same response.
  @Test func everyOrderGivesTheSame() throws {
    func orders(_ items: [Int]) -> [[Int]] {
      guard let first = items.first else { return [[]] }
      return orders(Array(items.dropFirst())).flatMap { rest in
        (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
      }
    }
    for order in orders(Array(0..<5)) {
      var parts = HTTPPartAssembler()
      var joined = ""
      for index in order {
        let part = TunnelledResponse(body: RawJSON(number: index))
        joined += try parts.receive(part, index: index, isFinal: index == 4)
          .map { $0.body?.description ?? "" }.joined()
      }
      #expect(joined == "01234")
      #expect(parts.isComplete)
    }
  }
}
