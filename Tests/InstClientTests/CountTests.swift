import InstClient
import InstProtocol
import Testing
import Transport

/// Counting connections (PROTOCOL section 5, Count; section 2 for the form without a branch).
@EventLoop
@Suite struct CountTests {
  private let on = ClientOnMemory()

  private func count(_ address: BranchAddress) -> Task<Int, any Error> {
    let client = on.client
    return Task { try await client.getConnectionCount(address) }
  }

  private func answer(_ place: String, _ count: Int) {
    on.connection.receive(
      #"[1,-1,{"type":"repo/connection_count",\#(place),"count":\#(count)}]"#)
  }

  @Test func anAnswerToAnotherQuestionIsNotTaken() async {
    let task = count(on.address)
    await on.sent(1)
    answer(#""recordName":null,"inst":"i","branch":null"#, 9)
    answer(#""recordName":"r","inst":"i","branch":"default""#, 8)
    answer(on.place, 2)
    #expect(await outcome(task) == "2")
  }

  @Test func questionsGoOneAfterTheOther() async {
    let first = count(on.address)
    await on.sent(1)
    let second = count(BranchAddress(recordName: nil, inst: "j", branch: "default"))
    await on.until { true }
    #expect(on.connection.sentMessages.count == 1)
    answer(on.place, 1)
    await on.sent(2)
    on.refuse("inst_not_found")
    #expect(await outcome(first) == "1")
    #expect(await outcome(second) == "refused inst_not_found")
  }

  @Test func aQuestionIsAskedAgainAfterALossAndAfterALimit() async {
    let task = count(on.address)
    await on.sent(1)
    on.connection.lose()
    on.connection.open()
    await on.sent(2)
    on.limitRate()
    await on.sent(3)
    answer(on.place, 4)
    #expect(await outcome(task) == "4")
  }

  @Test func aRecordKeyIsAnsweredUnderItsRecordsName() async throws {
    // Name "rec", secret "s".
    let address = BranchAddress(recordName: "vRK1.cmVj.cw==", inst: "i", branch: "b")
    let task = count(address)
    await on.sent(1)
    #expect(
      on.connection.sentMessages == [
        .connectionCount(
          ConnectionCountRequest(recordName: "vRK1.cmVj.cw==", inst: "i", branch: "b"))
      ])
    answer(#""recordName":"rec","inst":"i","branch":"b""#, 5)
    #expect(await outcome(task) == "5")
  }

  @Test func theDocumentedDialectHasNoFormForAllConnections() async {
    on.connection.dialect = .documented
    let client = on.client
    let task = Task {
      try await client.getConnectionCount(
        ConnectionCountRequest(recordName: nil, inst: nil, branch: nil))
    }
    #expect(await outcome(task) == "no form")
    #expect(on.connection.sentMessages.isEmpty)
  }
}
