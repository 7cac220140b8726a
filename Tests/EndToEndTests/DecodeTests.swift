import Foundation
import Testing

/// `instctl decode` and `--decode`: updates as PROTOCOL section 9 has them, conventions of the command
/// line.
@Suite(.serialized) struct DecodeTests {
  @Test func everyFormOfInputIsDecodedAlike() throws {
    let folder = try TemporaryFolder()
    let lines = BotUpdates.all.joined(separator: "\n")
    let json =
      #"{"type":"connection"}"# + "\n" + #"{"type":"updates","updates":["#
      + BotUpdates.all.map { "\"\($0)\"" }.joined(separator: ",") + "]}\n"
    let aux = try folder.write("bots.aux", BotUpdates.auxFile)
    let inputs = [
      try instctl("decode", stdin: .text(lines)),
      try instctl("decode", "-", stdin: .text(lines + "\n\n")),
      try instctl("decode", stdin: .text(json)),
      try instctl("decode", aux),
      try instctl(
        "decode", stdin: .text(BotUpdates.auxFile.replacingOccurrences(of: ",", with: ",\n"))),
    ]
    for outcome in inputs {
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.lines.count == BotUpdates.all.count)
      #expect(outcome.lines.map { $0["index"] as? Int } == Array(0..<BotUpdates.all.count))
      let changes = outcome.lines.flatMap { $0["changes"] as? [[String: Any]] ?? [] }
      #expect(
        changes.map {
          "\($0["bot"] ?? "") \($0["tag"] ?? "") \(json: $0["from"]) \(json: $0["to"])"
        } == [
          #"one <null> null {"color":"red","size":2}"#, #"one color "red" "reddish""#,
          #"one color null "masked""#, #"one size 2 null"#,
        ])
      #expect(changes.map { $0["mask"] as? Bool } == [nil, nil, true, nil])
      #expect(changes.map { $0["client"] as? Int } == [7, 7, 7, nil])
      #expect(outcome.lines.allSatisfy { $0["waiting"] as? Bool == false })
    }
    // Where the source has times and numbers, the lines do.
    #expect(inputs[3].lines.map { $0["id"] as? Int } == [0, 1, 2, 3])
    #expect(inputs[3].lines[0]["timestamp"] as? Int == 1_700_000_000_000)
    #expect(inputs[0].lines[0]["timestamp"] == nil)
  }

  @Test func structsAndDeletionsAreTold() throws {
    let outcome = try instctl("decode", stdin: .text(BotUpdates.all.joined(separator: "\n")))
    let first = outcome.lines[0]
    #expect((first["sizeBytes"] as? Int ?? 0) > 20)
    let clients = first["clients"] as? [[String: Int]]
    #expect(clients == [["client": 7, "clock": 0, "end": 6]])
    let structs = try #require(first["structs"] as? [[String: Any]])
    #expect(structs.map { $0["content"] as? String } == ["type", "type", "string", "any"])
    #expect((structs[0]["parent"] as? [String: Any])?["root"] as? String == "bots")
    #expect(structs[0]["key"] as? String == "one")
    #expect(structs[0]["shared"] as? String == "map")
    #expect(structs[2]["text"] as? String == "red")
    #expect(structs[2]["length"] as? Int == 3)
    let last = try #require(outcome.lines.last?["deletions"] as? [[String: Int]])
    #expect(last == [["client": 7, "clock": 5, "length": 1]])
  }

  @Test func aBinaryUpdateIsDecoded() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("one.bin")
    try #require(Data(base64Encoded: BotUpdates.all[0])).write(to: file)
    let outcome = try instctl("decode", file.path)
    #expect(outcome.status == 0)
    #expect(outcome.lines.count == 1)
    #expect((outcome.lines[0]["changes"] as? [[String: Any]])?.count == 1)
    let empty = try instctl("decode", stdin: .text(""))
    #expect(empty.status == 0 && empty.output == "")
  }

  @Test func whatCannotBeDecodedIsToldAndTheRestGoesOn() throws {
    let outcome = try instctl(
      "decode",
      stdin: .text("bad!\nAAE=\n{\"nothing\":1}\n\(BotUpdates.all[0])\n{\"updates\":[1,\"AA==\"]}"))
    #expect(outcome.status == 65)
    #expect(outcome.error?["code"] as? String == "undecodable_update")
    #expect(outcome.error?["updates"] as? Int == 5)
    #expect(outcome.lines.count == 6)
    let errors = outcome.lines.map { $0["decodeError"] as? [String: Any] }
    #expect(
      errors.map { $0?["message"] as? String } == [
        "not base64", "the bytes end too early", "the object has neither updates nor a type", nil,
        "the update is no text", "the bytes end too early",
      ])
    #expect(errors[1]?["offset"] as? Int == 2)
    #expect(errors[1]?["place"] as? String == "line 2")
    #expect(errors[5]?["place"] as? String == "line 5, update 1")
  }

  @Test func badFilesAreNamed() throws {
    let missing = try instctl("decode", "./nowhere.aux")
    #expect(missing.status == 66)
    #expect(missing.output == "")
    let broken = try instctl("decode", stdin: .text(#"{"version":2,"updates":[{"id":1}]}"#))
    #expect(broken.status == 65)
    #expect(broken.error?["offset"] as? Int == 24)
    #expect((broken.error?["message"] as? String)?.contains("'update' is missing") == true)
  }

  /// Lines come as the updates do: nothing waits for the end of the input.
  @Test func aStreamIsDecodedAsItComes() throws {
    let program = try Program(["decode"], stdin: .open)
    program.write(BotUpdates.all[0] + "\n")
    program.wait("the first line") { $0.count == 1 }
    // What depends on an update that has not come waits for it.
    program.write(BotUpdates.all[2] + "\n" + BotUpdates.all[1] + "\n")
    let lines = program.wait("all lines") { $0.count == 3 }
    #expect(lines.map { $0["waiting"] as? Bool } == [false, true, false])
    program.closeInput()
    #expect(program.finish().status == 0)
  }

  @Test func watchGetAndAddDecode() throws {
    let server = try TestServer()
    let environment = ["INSTCTL_SERVER": server.url]
    let watch = try Program(
      ["watch", "d", "--decode", "--count", "3"], environment: environment)
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    let added = try instctl(
      "add-updates", "d", "--decode", BotUpdates.all[0], environment: environment)
    #expect(added.status == 0)
    #expect(added.lines.map { $0["type"] as? String } == ["decoded", "ack"])
    #expect(added.lines[0]["inst"] as? String == "d")
    let bad = try instctl("add-updates", "d", "AAE=", environment: environment)
    #expect(bad.status == 65)
    #expect((bad.error?["message"] as? String)?.contains("not a Yjs update") == true)
    #expect(
      try instctl("add-updates", "d", "AAE=", "--unchecked", environment: environment).status == 0)

    let watched = watch.finish()
    #expect(watched.status == 0)
    let types = watched.lines.map { $0["type"] as? String }.filter { $0 != "connection" }
    #expect(types == ["updates", "sync", "updates", "decoded", "updates", "decoded"])
    let decoded = watched.lines.of(type: "decoded")
    #expect((decoded[0]["changes"] as? [[String: Any]])?.first?["bot"] as? String == "one")
    #expect((decoded[1]["decodeError"] as? [String: Any])?["message"] is String)

    let got = try instctl("get-updates", "d", "--decode", environment: environment)
    #expect(got.status == 65)
    #expect(got.lines.map { $0["type"] as? String } == ["updates", "decoded", "decoded"])
    #expect(got.lines[1]["timestamp"] is Double)
    let chosen = try instctl(
      "watch", "d", "--decode", "--events", "decoded", "--until-synced", environment: environment)
    #expect(chosen.lines.map { $0["type"] as? String } == ["decoded", "decoded"])
  }
}

/// Updates of one client, 7: a bot `one` with the tags color and size; the color becomes `reddish`; a
/// mask of it; the size is gone.
enum BotUpdates {
  static let all = [
    "AQQHACcBBGJvdHMDb25lAScABwAFY29sb3ICBAAHAQNyZWQoAAcABHNpemUBfEAAAAAA",
    "AQEHBoQHBARkaXNoAA==",
    "AQIHCicBBW1hc2tzCW9uZTpjb2xvcgIEAAcKBm1hc2tlZAA=",
    "AAEHAQUB",
  ]

  static var auxFile: String {
    let updates = all.enumerated().map {
      #"{"id":\#($0),"timestamp":1700000000000,"update":"\#($1)"}"#
    }
    return #"{"version":2,"updates":["# + updates.joined(separator: ",") + "]}"
  }
}

extension String.StringInterpolation {
  /// JSON with sorted names; `null` for nothing.
  mutating func appendInterpolation(json value: Any?) {
    let data = try? JSONSerialization.data(
      withJSONObject: value ?? NSNull(), options: [.fragmentsAllowed, .sortedKeys])
    appendLiteral(data.map { String(decoding: $0, as: UTF8.self) } ?? "?")
  }
}
