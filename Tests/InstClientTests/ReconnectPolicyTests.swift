import InstClient
import Testing

@Suite struct ReconnectPolicyTests {
  @Test func theFirstTryAfterALastingConnectionIsMadeAtOnce() {
    var random = SystemRandomNumberGenerator()
    let policy = ReconnectPolicy()
    #expect(policy.delay(beforeAttempt: 1, wasSettled: true, using: &random) == 0)
  }

  @Test func laterPausesAreDrawnFromNothingUpToADoublingBound() {
    var largest = LargestNumberGenerator()
    let policy = ReconnectPolicy(minimumMilliseconds: 500, maximumMilliseconds: 30_000)
    let bounds = (1...10).map {
      policy.delay(beforeAttempt: $0, wasSettled: false, using: &largest)
    }
    #expect(bounds == [500, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    var random = SystemRandomNumberGenerator()
    let drawn = (0..<200).map { _ in
      policy.delay(beforeAttempt: 5, wasSettled: true, using: &random)
    }
    #expect(drawn.allSatisfy { (0...4000).contains($0) })
    #expect(Set(drawn).count > 50)
  }

  @Test func theFirstConnectionMustSucceedUnlessRetriesAreGiven() {
    #expect(!ReconnectPolicy().retries(after: 1, wasEstablished: false))
    #expect(ReconnectPolicy(retries: 2).retries(after: 2, wasEstablished: false))
    #expect(!ReconnectPolicy(retries: 2).retries(after: 3, wasEstablished: false))
    #expect(ReconnectPolicy().retries(after: 1000, wasEstablished: true))
    #expect(!ReconnectPolicy(retries: 2).retries(after: 2, wasEstablished: true))
    #expect(!ReconnectPolicy(reconnects: false).retries(after: 0, wasEstablished: true))
  }
}

/// Draws the greatest number of every range.
private struct LargestNumberGenerator: RandomNumberGenerator {
  mutating func next() -> UInt64 { .max }
}
