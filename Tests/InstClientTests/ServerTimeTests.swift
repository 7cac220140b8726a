import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// Samples of the server's clock (PROTOCOL section 5, Time), and how the dialect is found out by them
/// (section 2).
@EventLoop
@Suite struct ServerTimeTests {
  private let connection = MemoryConnectionClient()

  private func sample(_ on: ClientOnMemory) -> Task<TimeSync.Sample, any Error> {
    let client = on.client
    return Task { try await client.sampleServerTime() }
  }

  @Test func aSampleHasTheServersTimesAndOurOwn() async throws {
    let clock = HandClock(1000.25)
    var options = InstRecordsClient.Options()
    options.wallClock = { clock.now }
    let client = InstRecordsClient(connection, options: options)
    client.connect()
    connection.open()
    let task = Task { try await client.sampleServerTime() }
    while connection.sentMessages.isEmpty { await Task.yield() }
    #expect(
      connection.sentMessages == [.timeSync(TimeSyncRequest(id: 1, clientRequestTime: 1000))])
    clock.now = 1040
    connection.receive(
      #"[1,-1,{"type":"sync/time/response","id":1,"clientRequestTime":1000,"serverReceiveTime":1500,"serverTransmitTime":1510}]"#
    )
    #expect(
      try await task.value
        == TimeSync.Sample(
          clientRequestTime: 1000.25, serverReceiveTime: 1500, serverTransmitTime: 1510,
          clientReceiveTime: 1040))
  }

  @Test func answersAreToldApartByTheirIds() async throws {
    let on = ClientOnMemory(mayChangeDialect: true)
    let first = sample(on)
    await on.sent(1)
    let second = sample(on)
    await on.sent(2)
    on.connection.receive(
      #"[1,-1,{"type":"sync/time/response","id":2,"clientRequestTime":0,"serverReceiveTime":2,"serverTransmitTime":2}]"#
    )
    on.connection.receive(
      #"[1,-1,{"type":"sync/time/response","id":1,"clientRequestTime":0,"serverReceiveTime":1,"serverTransmitTime":1}]"#
    )
    #expect(try await first.value.serverReceiveTime == 1)
    #expect(try await second.value.serverReceiveTime == 2)
  }

  @Test func aRefusedQuestionIsAskedInTheOtherDialectWhichThenStays() async throws {
    let on = ClientOnMemory(mayChangeDialect: true)
    let task = sample(on)
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    await on.sent(2)
    #expect(on.connection.dialect == .documented)
    on.answerTime(as: "repo/time_sync_response")
    #expect(try await task.value.serverReceiveTime == 1500)
    #expect(on.connection.dialect == .documented)
  }

  @Test func whereBothAreRefusedTheFirstRefusalCountsAndTheDialectGoesBack() async {
    let on = ClientOnMemory(mayChangeDialect: true)
    let task = sample(on)
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    await on.sent(2)
    on.refuse("unacceptable_request", frame: 2)
    #expect(await outcome(task) == "refused unacceptable_request")
    #expect(on.connection.dialect == .deployed)
  }

  @Test func aForcedDialectStays() async {
    let on = ClientOnMemory(mayChangeDialect: true)
    on.connection.mayChangeDialect = false
    let task = sample(on)
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    #expect(await outcome(task) == "refused unacceptable_request")
    #expect(on.connection.dialect == .deployed)
  }

  @Test func afterTwoSecondsOfSilenceTheOtherDialectIsTried() async throws {
    #expect(InstRecordsClient.Options().timeSilenceMilliseconds == 2000)
    let on = ClientOnMemory(silence: 50, mayChangeDialect: true)
    let task = sample(on)
    await on.sent(2)
    #expect(on.connection.dialect == .documented)
    on.answerTime(as: "repo/time_sync_response")
    #expect(try await task.value.serverTransmitTime == 1510)
  }

  @Test func aLateAnswerToALostQuestionIsNotTakenForTheNext() async throws {
    let on = ClientOnMemory(mayChangeDialect: true)
    let task = sample(on)
    await on.sent(1)
    on.connection.lose()
    on.connection.open()
    await on.sent(2)
    on.connection.receive(
      #"[1,-1,{"type":"sync/time/response","id":1,"clientRequestTime":0,"serverReceiveTime":1,"serverTransmitTime":1}]"#
    )
    on.answerTime()
    #expect(try await task.value.serverReceiveTime == 1500)
  }
}

/// A clock that stands still until it is set.
@EventLoop
private final class HandClock {
  var now: Double

  init(_ now: Double) { self.now = now }
}
