import InstProtocol
import JSONText
import Testing
import WebSocket

@testable import InstServer

/// What `--latency`, `--reorder` and `--drop-acks` do to frames (PROTOCOL section 5).
@Suite struct FaultTests {
  private let client = ClientID(1)

  private func time(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  private func frame(_ type: String, _ fields: String = "", inst: String = "i") -> [UInt8] {
    let names = #""recordName":null,"inst":"\#(inst)","branch":"b""#
    return Array(#"[1,-1,{"type":"\#(type)",\#(names)\#(fields)}]"#.utf8)
  }

  @Test func latencyIsExact() {
    var faults = Faults()
    faults.latencyMilliseconds = 200
    var injector = FaultInjector(faults)
    for now in Int64(0)..<20 {
      let fate = injector.fate(of: frame("repo/add_updates"), to: client, now: time(now))
      #expect(fate == .send(at: time(now + 200)))
    }
    #expect(injector.closingTime(of: client, now: time(5)) == time(219))
    injector.forget(client)
    #expect(injector.closingTime(of: client, now: time(5)) == time(205))
  }

  /// Every third acknowledgement is lost; refusals and everything else are not.
  @Test func dropsAcknowledgements() {
    var faults = Faults()
    faults.droppedAcknowledgement = 3
    var injector = FaultInjector(faults)
    let acknowledgement = frame("repo/updates_received", #","updateId":1"#)
    var dropped: [Int] = []
    for index in 1...9 {
      let refusal = frame("repo/updates_received", #","errorCode":"max_size_reached""#)
      #expect(injector.fate(of: refusal, to: client, now: time(0)) == .send(at: time(0)))
      #expect(
        injector.fate(of: frame("repo/add_updates"), to: client, now: time(0))
          == .send(at: time(0)))
      if injector.fate(of: acknowledgement, to: client, now: time(0)) == .drop {
        dropped.append(index)
      }
    }
    #expect(dropped == [3, 6, 9])
  }

  /// Frames overtake each other, but not those that belong together, and never a login's result.
  @Test(arguments: UInt64(1)...20)
  func reorders(seed: UInt64) {
    var faults = Faults()
    faults.reorders = true
    faults.seed = seed
    var injector = FaultInjector(faults)
    var sent: [(kind: String, time: MonotonicTime)] = []
    var random = SeededGenerator(seed: seed)
    let connection = #""connection":{"connectionId":"c","sessionId":null,"userId":null}"#
    let watch = #"{"type":"repo/watch_branch","recordName":null,"inst":"i","branch":"b"}"#
    let frames: [String: [UInt8]] = [
      "login": Array(#"[1,-1,{"type":"login_result"}]"#.utf8),
      "update": frame("repo/add_updates", #","updates":[]"#),
      "batch": frame("repo/add_updates", #","updates":[],"initial":true"#),
      "device": frame("repo/disconnected_from_branch", #","broadcast":false,\#(connection)"#),
      "arrival": Array(
        #"[1,-1,{"type":"repo/connected_to_branch","broadcast":false,"branch":\#(watch),\#(connection)}]"#
          .utf8),
      "ack": frame("repo/updates_received", #","updateId":1"#),
    ]
    let kinds = frames.keys.sorted()
    for now in Int64(0)..<400 {
      guard let kind = kinds.randomElement(using: &random), let frame = frames[kind] else { return }
      guard case .send(let due) = injector.fate(of: frame, to: client, now: time(now)) else {
        Issue.record("dropped, seed \(seed)")
        return
      }
      #expect(due >= time(now) && due <= time(now + 5), "seed \(seed)")
      if kind == "login" { #expect(due == time(now), "seed \(seed)") }
      sent.append((kind == "arrival" ? "device" : kind, due))
    }
    for kind in ["update", "batch", "device"] {
      let times = sent.filter { $0.kind == kind }.map(\.time)
      #expect(times == times.sorted(), "seed \(seed), \(kind)")
    }
    let overtaken = zip(sent, sent.dropFirst()).filter { $0.time > $1.time }
    #expect(overtaken.count > 20, "seed \(seed)")
    let batches = zip(sent, sent.dropFirst()).contains {
      $0.kind == "batch" && $1.kind == "update" && $0.time > $1.time
    }
    #expect(batches, "seed \(seed): live updates may overtake the first batch")
  }

  @Test func theSameSeedChoosesTheSame() {
    var faults = Faults()
    faults.reorders = true
    faults.latencyMilliseconds = 100
    func times(_ seed: UInt64) -> [FaultInjector.Fate] {
      faults.seed = seed
      var injector = FaultInjector(faults)
      return (0..<50).map {
        injector.fate(of: frame("repo/updates_received"), to: client, now: time($0))
      }
    }
    #expect(times(1) == times(1))
    #expect(times(1) != times(2))
  }
}
