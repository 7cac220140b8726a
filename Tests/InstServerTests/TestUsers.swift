import InstProtocol
import JSONText

@testable import InstServer

/// The users of the recordings. Their secrets are not known: ours stand in.
enum TestUsers {
  static let owner = "33a34ebf-f4bc-4baa-b9e1-b435c16d844b"
  static let ownersSession = "GSbBE7U6b8ALjCNqdrLqww=="
  static let other = "68160289-c29e-4e82-a5e2-85568eeb91d4"
  static let othersSession = "OFpuSgRfHTvJtUMoppg5lw=="

  static func key(
    _ user: String, _ session: String, expiry: KeyExpiry = .never
  ) -> ConnectionKey {
    let secret = Base64.encode("secret of \(session)")
    return ConnectionKey(
      userID: user, sessionID: session, secret: Secret(secret), expiry: expiry)
  }

  static let recordKey = "vRK2.dGVzdFJlY29yZA==.TVA2M3NobzNjVW5Rek51Zk5sTTdGQT09.subjectfull"

  static let database = AuthDatabase(
    users: [
      AuthDatabase.User(id: owner, email: "owner@example.com"),
      AuthDatabase.User(id: other, email: "other@example.com"),
    ],
    sessions: [
      AuthDatabase.Session(connectionKey: key(owner, ownersSession)),
      AuthDatabase.Session(connectionKey: key(other, othersSession)),
    ],
    records: [
      AuthDatabase.Record(
        name: "testRecord", owner: owner,
        keys: (try? RecordKey(parsing: recordKey)).map { [$0] } ?? [])
    ])

  /// A frame as it was recorded, with a token signed by a secret of ours where the recorded one was
  /// right; the signature of all zeros was not.
  static func signing(_ frame: [UInt8]) -> [UInt8] {
    guard let value = try? JSONValue(parsing: frame),
      let text = value[2]?["connectionToken"]?.stringValue,
      let token = try? ConnectionToken(parsing: text),
      !token.hash.text.hasPrefix("0000"),
      let signed = try? key(token.userID, token.sessionID).makeToken(
        connectionID: token.connectionID, recordName: token.recordName, inst: token.inst)
    else { return frame }
    let parts = String(decoding: frame, as: UTF8.self).split(separator: text)
    return Array(parts.joined(separator: signed.formatted).utf8)
  }
}

/// What a peer logs in with.
enum TestLogin {
  case connectionID(String)
  /// The owner's token for an inst.
  case owner(String, String?, String)
  /// The other user's token for an inst.
  case other(String, String?, String)

  var message: String {
    get throws {
      switch self {
      case .connectionID(let id): #"{"type":"login","connectionId":"\#(id)"}"#
      case .owner(let id, let record, let inst):
        try Self.token(TestUsers.key(TestUsers.owner, TestUsers.ownersSession), id, record, inst)
      case .other(let id, let record, let inst):
        try Self.token(TestUsers.key(TestUsers.other, TestUsers.othersSession), id, record, inst)
      }
    }
  }

  static func token(
    _ key: ConnectionKey, _ id: String, _ record: String?, _ inst: String
  ) throws -> String {
    let token = try key.makeToken(connectionID: id, recordName: record, inst: inst)
    return #"{"type":"login","connectionToken":"\#(token.formatted)"}"#
  }
}
