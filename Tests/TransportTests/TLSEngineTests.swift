import Testing

@testable import Transport

/// TLS from memory to memory: what needs names that no test machine resolves, and odd arrivals.
@EventLoop
struct TLSEngineTests {
  /// One side.
  @EventLoop
  private final class Side {
    var engine: TLSEngine
    init(_ engine: consuming TLSEngine) { self.engine = engine }
  }

  /// Client and server, each fed with what the other says.
  @EventLoop
  private struct Pair {
    let client: Side
    let server: Side
    /// How many bytes travel at once.
    let pace: Int

    init(
      host: String, kind: TestCertificates.Kind, files: TestCertificates, pace: Int = .max
    ) throws(TLSError) {
      let context = try TLSContext.client(trust: .file(files.authority))
      let serverContext = try TLSContext.server(
        identity: .files(certificate: files.certificate(kind), key: files.key))
      client = Side(try TLSEngine.client(context, host: host, resuming: host))
      server = Side(try TLSEngine.server(serverContext))
      self.pace = pace
    }

    /// Both handshakes to their end; the first error is the client's.
    func shakeHands() throws(TLSError) {
      for _ in 0..<100_000 {
        let clientStep = try client.engine.handshake()
        move(from: client, to: server)
        let serverStep = try server.engine.handshake()
        move(from: server, to: client)
        if case .done = clientStep, case .done = serverStep { return }
      }
      Issue.record("the handshake never ends")
    }

    func move(from: Side, to: Side) {
      from.engine.withOutput { bytes in
        let count = min(pace, bytes.count)
        to.engine.feed(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
        return count
      }
    }

    /// What the server reads of what the client says.
    func carry(_ bytes: [UInt8]) throws(TLSError) -> [UInt8] {
      var rest = bytes[...]
      var received: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 5000)
      while received.count < bytes.count {
        let taken = try rest.span.bytes.withUnsafeBytes {
          (bytes) throws(TLSError) in try client.engine.encrypt(bytes)
        }
        rest = rest.dropFirst(taken)
        repeat {
          move(from: client, to: server)
          while true {
            var count = 0
            var span = buffer.mutableSpan
            let step = try span.withUnsafeMutableBytes {
              (room) throws(TLSError) in try server.engine.decrypt(into: room, count: &count)
            }
            guard case .done = step else { break }
            received += buffer[..<count]
          }
        } while client.engine.pendingOutput > 0
      }
      return received
    }
  }

  @Test(arguments: [
    ("a.example.test", true),
    ("A.Example.Test", true),
    ("a.b.example.test", false),
    ("example.test", false),
    ("aexample.test", false),
    ("a.example.test.evil", false),
  ])
  func aWildcardStandsForOneLabel(host: String, matches: Bool) async throws {
    let files = try await TestCertificates.shared()
    let pair = try Pair(host: host, kind: .wildcard, files: files)
    do throws(TLSError) {
      try pair.shakeHands()
      #expect(matches)
    } catch {
      #expect(!matches && error == .wrongHost(host: host, validFor: ["*.example.test"]))
    }
  }

  @Test func aWildcardWithinALabelStandsForNothing() async throws {
    let files = try await TestCertificates.shared()
    let pair = try Pair(host: "www.example.test", kind: .partialWildcard, files: files)
    do throws(TLSError) {
      try pair.shakeHands()
      Issue.record("accepted")
    } catch {
      #expect(error == .wrongHost(host: "www.example.test", validFor: ["w*.example.test"]))
    }
  }

  @Test(arguments: [1, 7, 1000, .max])
  func itDoesNotMatterHowTheBytesArrive(pace: Int) async throws {
    let files = try await TestCertificates.shared()
    let pair = try Pair(host: "localhost", kind: .good, files: files, pace: pace)
    try pair.shakeHands()
    let (version, isResumed) = (pair.client.engine.version, pair.client.engine.isResumed)
    #expect(version == "TLSv1.3")
    #expect(!isResumed)
    let message = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let received = try pair.carry(message)
    #expect(received == message)
  }

  @Test func theEndIsAnnounced() async throws {
    let files = try await TestCertificates.shared()
    let pair = try Pair(host: "localhost", kind: .good, files: files)
    try pair.shakeHands()
    pair.client.engine.shutdown()
    pair.move(from: pair.client, to: pair.server)
    var buffer = [UInt8](repeating: 0, count: 10)
    var count = 0
    let step = try buffer.withUnsafeMutableBytes {
      try pair.server.engine.decrypt(into: $0, count: &count)
    }
    guard case .ended = step else {
      Issue.record("\(step)")
      return
    }
  }

  @Test func aDamagedRecordIsRefused() async throws {
    let files = try await TestCertificates.shared()
    let pair = try Pair(host: "localhost", kind: .good, files: files)
    try pair.shakeHands()
    _ = try [1, 2, 3].withUnsafeBytes { try pair.client.engine.encrypt($0) }
    var record: [UInt8] = []
    pair.client.engine.withOutput { bytes in
      record = Array(bytes)
      return bytes.count
    }
    record[record.count - 1] ^= 1
    record.withUnsafeBytes { pair.server.engine.feed($0) }
    var buffer = [UInt8](repeating: 0, count: 10)
    var count = 0
    #expect(throws: TLSError.self) {
      _ = try buffer.withUnsafeMutableBytes {
        try pair.server.engine.decrypt(into: $0, count: &count)
      }
    }
  }
}
