import InstProtocol
import JSONText
import Testing

@testable import InstClient

/// What goes by way of the storage, and whose error is whose (PROTOCOL section 5, Large messages).
@Suite struct LargeMessagesTests {
  private func frame(_ count: Int, of character: String = "a") -> [UInt8] {
    Array(String(repeating: character, count: count).utf8)
  }

  private func takes(_ frame: [UInt8], _ mode: LargeMessageMode = .auto) -> Bool {
    frame.withUnsafeBytes { LargeMessages(mode: mode).takes($0) }
  }

  @Test func aFrameAboveTheLimitIsLarge() {
    #expect(!takes(frame(32_000)))
    #expect(takes(frame(32_001)))
    #expect(takes(frame(32_001), .upload))
    #expect(!takes(frame(1_000_000), .inline))
  }

  /// Characters are counted as JavaScript does: UTF-16 code units.
  @Test(arguments: [("a", 1), ("é", 1), ("€", 1), ("😀", 2)])
  func lengthIsCountedInUTF16(_ character: String, _ units: Int) {
    #expect(!takes(frame(32_000 / units, of: character)))
    #expect(takes(frame(32_000 / units + 1, of: character)))
  }

  @Test func aMessageWaitsForItsPlaceAndIsThenAnnouncedUnderANewNumber() {
    let messages = Exchange(mode: .auto)
    messages.ask(7, [1, 2, 3])
    #expect(messages.pendingBytes == 3)
    #expect(messages.placeFound(for: 8) == nil)
    #expect(messages.placeFound(for: 7) == [1, 2, 3])
    #expect(messages.placeFound(for: 7) == nil)
    #expect(messages.pendingBytes == 3)
    messages.uploaded(7, as: 9)
    #expect(messages.pendingBytes == 0)
    #expect(messages.refused(9, .unacceptableRequest) == .about(7))
    #expect(messages.refused(8, .unacceptableRequest) == .unknown)
  }

  @Test func withoutAStorageEverythingGoesInlineFromThenOn() {
    let messages = Exchange(mode: .auto)
    messages.ask(1, [1])
    messages.ask(2, [2])
    messages.ask(3, [3])
    #expect(messages.placeFound(for: 2) == [2])
    #expect(
      messages.refused(3, .notSupported)
        == .sendInline([.init(id: 1, message: [1]), .init(id: 3, message: [3])]))
    #expect(messages.pendingBytes == 1)
    // The answer for the other one comes as well, and is not the answer to the message.
    #expect(messages.refused(1, .notSupported) == .late)
    #expect(messages.refused(1, .notSupported) == .unknown)
    #expect(!frame(40_000).withUnsafeBytes { messages.takes($0) })
    // … on every connection.
    messages.connectionLost()
    #expect(!frame(40_000).withUnsafeBytes { messages.takes($0) })
  }

  @Test func anErrorAboutAMessageThatWentInlineIsItsOwn() {
    let messages = Exchange(mode: .auto)
    messages.ask(1, [1])
    messages.ask(2, [2])
    _ = messages.refused(1, .notSupported)
    #expect(messages.refused(1, .unacceptableRequest) == .unknown)
    #expect(messages.refused(2, .unacceptableRequest) == .unknown)
  }

  @Test func whereUploadsAreDemandedTheMessageFails() {
    let messages = Exchange(mode: .upload)
    messages.ask(1, [1])
    messages.ask(2, [2])
    #expect(messages.refused(1, .notSupported) == .failed(1))
    #expect(messages.pendingBytes == 1)
    #expect(frame(40_000).withUnsafeBytes { messages.takes($0) })
    #expect(messages.placeFound(for: 2) == [2])
  }

  @Test func anotherErrorIsAboutTheOneMessage() {
    let messages = Exchange(mode: .auto)
    messages.ask(1, [1])
    #expect(messages.refused(1, .serverError) == .about(1))
    #expect(messages.pendingBytes == 0)
    #expect(messages.placeFound(for: 1) == nil)
    #expect(!messages.isUnsupported)
  }

  @Test func whatALimitOfRatesMayHaveDroppedIsAskedNoLongerButMayBeAnswered() {
    let messages = Exchange(mode: .auto)
    messages.ask(1, [1])
    messages.rateLimited()
    #expect(messages.pendingBytes == 0)
    #expect(messages.placeFound(for: 1) == nil)
    messages.ask(2, [2])
    messages.rateLimited()
    #expect(messages.refused(2, .notSupported) == .late)
    #expect(messages.isUnsupported)
  }

  @Test func whatIsNotAnsweredIsGivenUpOnce() {
    let messages = Exchange(mode: .auto)
    messages.ask(1, [1])
    #expect(messages.giveUpAsking(for: 1))
    #expect(!messages.giveUpAsking(for: 1))
    #expect(messages.pendingBytes == 0)
    messages.ask(2, [2])
    _ = messages.placeFound(for: 2)
    #expect(!messages.giveUpAsking(for: 2))
  }

  @Test func aLostConnectionTakesEverythingWithIt() {
    let messages = Exchange(mode: .auto)
    messages.ask(1, [1])
    messages.ask(2, [2])
    _ = messages.placeFound(for: 2)
    messages.connectionLost()
    #expect(messages.pendingBytes == 0)
    #expect(messages.placeFound(for: 1) == nil)
    messages.uploadEnded(2)
    #expect(messages.pendingBytes == 0)
  }

  @Test func theNumbersOfAnnouncedMessagesAreForgottenInTheEnd() {
    let messages = Exchange(mode: .auto)
    for id in 1...LargeMessages.maximumRemembered + 1 { messages.uploaded(id, as: 10_000 + id) }
    #expect(messages.refused(10_001, .serverError) == .unknown)
    #expect(messages.refused(10_002, .serverError) == .about(2))
  }

  @Test func whatAPlaceShowsIsWithoutItsQuery() {
    #expect(
      StorageRequest(url: "https://s/b/k?X-Amz-Signature=s#f", method: "PUT").urlWithoutQuery
        == "https://s/b/k")
    #expect(StorageRequest(url: "https://s/b", method: "PUT").urlWithoutQuery == "https://s/b")
  }
}

/// The value, so that an expectation can change it.
private final class Exchange {
  private var messages: LargeMessages

  init(mode: LargeMessageMode) { messages = LargeMessages(mode: mode) }

  var pendingBytes: Int { messages.pendingBytes }
  var isUnsupported: Bool { messages.isUnsupported }
  func takes(_ frame: UnsafeRawBufferPointer) -> Bool { messages.takes(frame) }
  func ask(_ id: Int, _ message: [UInt8]) { messages.ask(id, message) }
  func placeFound(for id: Int) -> [UInt8]? { messages.placeFound(for: id) }
  func uploaded(_ id: Int, as newID: Int) { messages.uploaded(id, as: newID) }
  func uploadEnded(_ id: Int) { messages.uploadEnded(id) }
  func giveUpAsking(for id: Int) -> Bool { messages.giveUpAsking(for: id) }
  func rateLimited() { messages.rateLimited() }
  func refused(_ id: Int, _ code: ErrorCode) -> LargeMessages.Refusal {
    messages.refused(id, code)
  }
  func connectionLost() { messages.connectionLost() }
}
