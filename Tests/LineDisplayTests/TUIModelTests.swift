import JSONText
import Testing

@testable import LineDisplay

/// The live screen of `watch --tui`: events and times in, frames out.
@Suite struct TUIModelTests {
  private static func model(_ names: [String] = ["a"]) -> TUIModel {
    TUIModel(title: "ws://host/websocket", branches: names.map { ("", $0, "default") }, at: 100)
  }

  private static func line(_ members: String, inst: String = "a") -> String {
    #"{"time":"2026-01-31T12:34:56.789Z","recordName":null,"inst":"\#(inst)","branch":"default",\#(members)}"#
  }

  private static func device(_ id: String, user: String? = nil) -> JSONValue {
    .object([
      JSONMember(name: "connectionId", value: .string(id)),
      JSONMember(name: "userId", value: user.map(JSONValue.string) ?? .null),
    ])
  }

  private static let connected =
    #"{"type":"connection","time":"2026-01-31T12:34:56.000Z","state":"connected","connected":true}"#

  private static func filled() -> TUIModel {
    var model = Self.model()
    model.take(connected, at: 100)
    model.take(line(#""type":"updates","updates":["AAAA","AAAA"],"initial":true"#), at: 100)
    model.take(line(#""type":"sync","complete":true"#), at: 100)
    model.deviceCame(device("kitchen", user: "mary"), to: 0, at: 100)
    model.deviceCame(device("3f2a8c1b-1111-2222-3333-444455556666"), to: 0, at: 101)
    model.take(
      line(
        #""type":"action","action":{"type":"device","event":{"name":"ring"},"connection":{"connectionId":"kitchen"}}"#
      ), at: 102)
    model.sampled(latencyMilliseconds: 0.42, offsetMilliseconds: -3)
    model.tick(receivedBytes: 0, at: 103)
    model.take(line(#""type":"updates","updates":["AAAA"],"initial":false"#), at: 104)
    model.tick(receivedBytes: 4096, at: 105)
    return model
  }

  @Test func frameOf80By24() {
    let frame = Self.filled().frame(columns: 80, rows: 24, at: 105)
    let text = frame.map { $0.text(isColoured: false) }.joined(separator: "\n")
    #expect(
      text == """
        instctl  ws://host/websocket                            ● connected  5s  q quits
        updates 3 0.50/s   actions 1 0/s   latency 0.42ms   in 4.0 KiB 2.0 KiB/s
        INST                STATE      UPDATES    /S  ACTIONS  DEVICES     BYTES    LAST
        /a                  ✓ synced         3  0.50        1        2       9 B      1s
        DEVICES 2
        ● 3f2a8c1b-1111-2222-3333-444455556666  4s
        ● kitchen  mary  5s
        ACTIONS AND EVENTS
        12:34:56Z connection ● connected
          +0.789s action     kitchen → ring
        """)
    #expect(frame.allSatisfy { $0.columns <= 80 })
  }

  @Test func frameOf40By10() {
    let frame = Self.filled().frame(columns: 40, rows: 10, at: 105)
    let text = frame.map { $0.text(isColoured: false) }.joined(separator: "\n")
    #expect(frame.count <= 10)
    #expect(frame.allSatisfy { $0.columns <= 40 })
    #expect(text.contains("● connected"))
    #expect(text.contains("UPDATES"))
    #expect(!text.contains("LAST"))
    #expect(text.hasSuffix("  +0.789s action     kitchen → ring"))
  }

  /// The state after a reconnect takes the place of what was known, and makes no rate.
  @Test func statesAreNoNews() {
    var model = Self.model()
    model.tick(receivedBytes: 0, at: 100)
    model.take(Self.line(#""type":"updates","updates":["AAAA","AAAA"],"initial":true"#), at: 100)
    model.take(Self.line(#""type":"updates","updates":["AAAA"],"initial":false"#), at: 101)
    model.tick(receivedBytes: 0, at: 102)
    #expect(model.updateCount == 3)
    #expect(model.updateRate.perSecond == 0.5)
    model.take(
      Self.line(#""type":"updates","updates":["AAAA","AAAA","AAAA"],"initial":true,"replay":true"#),
      at: 103)
    model.tick(receivedBytes: 0, at: 104)
    #expect(model.updateCount == 3)
    #expect(model.branches.first?.bytes == 9)
    #expect(model.updateRate.perSecond == 0.25)
  }

  /// Any size, the absurd ones too.
  @Test func framesKeepToTheirSize() {
    var model = Self.filled()
    model.wrote("warning: something \u{1B}[31m")
    for columns in [0, 1, 2, 7, 13, 20, 33, 79, 200] {
      for rows in [0, 1, 2, 3, 5, 8, 50] {
        let frame = model.frame(columns: columns, rows: rows, at: 105)
        #expect(frame.count <= rows)
        #expect(frame.allSatisfy { $0.columns <= columns })
        let texts = frame.map { $0.text(isColoured: false) }
        #expect(texts.allSatisfy { !$0.unicodeScalars.contains(where: \.isUnsafe) })
      }
    }
  }

  @Test func statesOfConnectionAndInsts() {
    var model = Self.model(["a", "b"])
    #expect(model.connectionState == ("connecting", false))
    model.take(Self.connected, at: 100)
    model.take(Self.line(#""type":"sync","complete":true"#), at: 100)
    model.take(
      Self.line(#""type":"error","kind":"error","errorCode":"not_authorized""#, inst: "b"), at: 100)
    #expect(model.connectionState == ("connected", true))
    func text() -> String {
      model.frame(columns: 80, rows: 24, at: 101).map { $0.text(isColoured: false) }
        .joined(separator: "\n")
    }
    #expect(text().contains(#/\/a +✓ synced/#))
    #expect(text().contains(#/\/b +✗ refused/#))
    #expect(text().contains("✗ not_authorized"))
    model.take(
      #"{"type":"connection","time":"2026-01-31T12:34:56.000Z","state":"reconnecting","connected":false}"#,
      at: 102)
    #expect(model.connectionState == ("reconnecting", false))
    #expect(text().contains(#/\/a +○ waiting/#))
    model.deviceCame(Self.device("x"), to: 1, at: 102)
    #expect(text().contains("● x  /b  "))
    model.deviceLeft(Self.device("x"), of: 1)
    #expect(!text().contains("● x"))
    // What is not ours is none of our business.
    model.deviceCame(Self.device("x"), to: 7, at: 102)
    model.deviceLeft(Self.device("x"), of: -1)
    model.take("no line", at: 102)
  }

  @Test func memoryHasABound() {
    var model = Self.model()
    let event = String(repeating: "x", count: 10_000)
    for number in 0..<1000 {
      model.take(
        Self.line(#""type":"action","action":{"type":"device","event":"\#(event)"}"#), at: 100)
      model.deviceCame(Self.device("\(number)"), to: 0, at: 100)
    }
    #expect(model.events.count == TUIModel.greatestEventCount)
    #expect(model.events.allSatisfy { $0.text.columns < 1000 })
    #expect(model.devices.count <= 1000)
    for number in 0..<2000 { model.deviceCame(Self.device("d\(number)"), to: 0, at: 100) }
    #expect(model.devices.count == TUIModel.greatestDeviceCount)
  }

  // MARK: Painting

  @Test func onlyChangesArePainted() {
    var painter = ScreenPainter(isColoured: false)
    func frame(_ rows: String...) -> [StyledText] { rows.map { StyledText($0) } }
    #expect(
      painter.paint(frame("one", "two"), columns: 10, rows: 3)
        == "\u{1B}[2J\u{1B}[1;1H\u{1B}[Kone\u{1B}[2;1H\u{1B}[Ktwo")
    #expect(painter.paint(frame("one", "two"), columns: 10, rows: 3) == "")
    #expect(painter.paint(frame("one", "2"), columns: 10, rows: 3) == "\u{1B}[2;1H\u{1B}[K2")
    #expect(painter.paint(frame("one"), columns: 10, rows: 3) == "\u{1B}[2;1H\u{1B}[K")
    #expect(
      painter.paint(frame("one"), columns: 10, rows: 1) == "\u{1B}[2J\u{1B}[1;1H\u{1B}[Kone")
    painter.forget()
    #expect(
      painter.paint(frame("one"), columns: 10, rows: 1) == "\u{1B}[2J\u{1B}[1;1H\u{1B}[Kone")
  }
}

extension TUIModel {
  fileprivate mutating func take(_ line: String, at seconds: Double) {
    Array(line.utf8).withUnsafeBytes { take($0, at: seconds) }
  }
}
