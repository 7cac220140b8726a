import InstDocument
import JSONText
import Testing
import Yjs

/// What updates say, as JSON: every struct and every kind of content.
@Suite struct DecodedUpdateTests {
  /// A struct of client 1 in the root `r`: its kind, and the bytes of its content.
  private func item(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] { [kind, 1, 1, 0x72] + content }

  private func decoded(_ bytes: [UInt8]) throws -> JSONValue {
    var writer = JSONWriter()
    writer.beginObject()
    writer.members(of: try Update(decoding: bytes))
    writer.endObject()
    return try JSONValue(parsing: writer.bytes)
  }

  private func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  @Test func everyKindOfContentIsTold() throws {
    let contents: [([UInt8], String)] = [
      (item(1, [3]), #""length":3,"kind":"item","parent":{"root":"r"},"content":"deleted""#),
      (
        item(2, [2] + string("[1]") + string("undefined")),
        #""length":2,"kind":"item","parent":{"root":"r"},"content":"json","values":[[1],"undefined"]"#
      ),
      (
        item(3, [2, 0, 255]),
        #""length":1,"kind":"item","parent":{"root":"r"},"content":"binary","bytes":"AP8=""#
      ),
      (
        item(4, string("a🔗")),
        #""length":3,"kind":"item","parent":{"root":"r"},"content":"string","text":"a🔗""#
      ),
      (
        item(5, string(#"{"a":1}"#)),
        #""length":1,"kind":"item","parent":{"root":"r"},"content":"embed","value":{"a":1}"#
      ),
      (
        item(6, string("bold") + string("true")),
        #""length":1,"kind":"item","parent":{"root":"r"},"content":"format","name":"bold","value":true"#
      ),
      (
        item(7, [3] + string("p")),
        #""length":1,"kind":"item","parent":{"root":"r"},"content":"type","shared":"xmlElement","name":"p""#
      ),
      (
        item(8, [2, 125, 5, 127]),
        #""length":2,"kind":"item","parent":{"root":"r"},"content":"any","values":[5,null]"#
      ),
      (
        item(9, string("g") + [118, 0]),
        #""length":1,"kind":"item","parent":{"root":"r"},"content":"document","guid":"g","options":{}"#
      ),
      ([0, 4], #""length":4,"kind":"gc""#),
      ([10, 4], #""length":4,"kind":"skip""#),
    ]
    for (bytes, members) in contents {
      let json = try decoded([1, 1, 9, 2] + bytes + [0])
      let expected = #"{"client":9,"clock":2,\#(members)}"#
      #expect(json["structs"]?[0]?.description == expected)
    }
  }

  @Test func placesOriginsRangesAndDeletionsAreTold() throws {
    // Two clients: 9 with a text behind another's, and a key in a map that an item holds; 3 with a gap.
    let update: [UInt8] =
      [2, 2, 9, 0, 0xC4, 3, 1, 3, 2] + string("x")
      + [0x28, 0, 3, 7] + string("k") + [1, 120]
      + [1, 3, 4, 10, 5]
      + [1, 3, 2, 0, 1, 8, 2]
    let json = try decoded(update)
    #expect(
      json["clients"]?.description
        == #"[{"client":9,"clock":0,"end":2},{"client":3,"clock":4,"end":9}]"#)
    #expect(
      json["structs"]?[0]?.description
        == #"{"client":9,"clock":0,"length":1,"kind":"item","origin":{"client":3,"clock":1},"#
        + #""rightOrigin":{"client":3,"clock":2},"content":"string","text":"x"}"#)
    #expect(
      json["structs"]?[1]?.description
        == #"{"client":9,"clock":1,"length":1,"kind":"item","parent":{"client":3,"clock":7},"key":"k","#
        + #""content":"any","values":[true]}"#)
    #expect(
      json["deletions"]?.description
        == #"[{"client":3,"clock":0,"length":1},{"client":3,"clock":8,"length":2}]"#)
  }

  /// Shared types within shared types, deeper than any stack: told up to a depth, and without a trap.
  @Test func nestedTypesAreReadToADepth() throws {
    let depth = 20_000
    var document = YDocument(clientID: 1)
    try document.transact { (transaction) throws(YTransaction.Failure) in
      var map = try transaction.setMap("bot", in: .root("bots"))
      for _ in 0..<depth { map = try transaction.setMap("in", in: map) }
    }
    var follower = BotsFollower()
    let changes = try follower.applyUpdate(document.encodeStateAsUpdate())
    #expect(changes.count == 1)
    #expect(follower.document.bots.count == 1)
    #expect(follower.document.tag("in", ofBot: "bot")?.isWhole == false)
  }
}
