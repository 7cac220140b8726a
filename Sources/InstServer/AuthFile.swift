import InstProtocol
import JSONText

/// Why a text is no ``AuthDatabase``.
public struct AuthDatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where, such as `sessions[0].connectionKey`; empty for the whole.
  public var path: String
  /// What is wrong there, in words that repeat no secret.
  public var reason: String

  /// One sentence part for people.
  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

extension AuthDatabase {
  /// Reads a database from JSON:
  ///
  /// ```json
  /// {
  ///   "users": [
  ///     {"id": "user1", "email": "ann@example.com", "phone": "+15550100", "displayName": "Ann"},
  ///     {"id": "user2", "email": "bob@example.com", "banned": true}
  ///   ],
  ///   "sessions": [
  ///     {"connectionKey": "vCK1.…", "sessionKey": "vSK1.…"},
  ///     {"id": "session2", "userId": "user1", "secret": "c2VjcmV0", "expires": 1795376000000}
  ///   ],
  ///   "records": [
  ///     {"name": "rec", "owner": "user1", "members": ["user2"], "keys": ["vRK2.…"],
  ///      "insts": [{"name": "open", "markers": ["publicRead"]}]}
  ///   ]
  /// }
  /// ```
  ///
  /// Only `id`, `name` and `owner` must be there, and of a session either its connection key or `id`,
  /// `userId` and the key's secret: a text in base64. A session may also be `"revoked": true`, and
  /// `expires` says in milliseconds since the Unix epoch when it ends, whatever its key says.
  public init(parsing text: [UInt8]) throws(AuthDatabaseError) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
      throw AuthDatabaseError(path: "", reason: "not valid JSON: \(error)")
    }
    let entry = try AuthEntry(value, path: "", names: ["users", "sessions", "records"])
    self.init(
      users: try entry.entries("users", User.init),
      sessions: try entry.entries("sessions", Session.init),
      records: try entry.entries("records", Record.init))
    try checkNames()
  }

  /// Names are unique, and users that are named are there.
  private func checkNames() throws(AuthDatabaseError) {
    let ids = Set(users.map(\.id))
    try Self.checkUnique(users.map(\.id), "users", "id")
    try Self.checkUnique(sessions.map(\.connectionKey.sessionID), "sessions", "id")
    try Self.checkUnique(records.map(\.name), "records", "name")
    for (index, session) in sessions.enumerated()
    where !ids.contains(session.connectionKey.userID) {
      throw AuthDatabaseError(path: "sessions[\(index)]", reason: "its user is not there")
    }
    for (index, record) in records.enumerated() {
      guard ids.isSuperset(of: record.members + [record.owner]) else {
        throw AuthDatabaseError(
          path: "records[\(index)]", reason: "its owner or a member is no user that is there")
      }
    }
  }

  private static func checkUnique(
    _ names: [String], _ list: String, _ member: String
  ) throws(AuthDatabaseError) {
    var seen: Set<String> = []
    for (index, name) in names.enumerated() where !seen.insert(name).inserted {
      throw AuthDatabaseError(path: "\(list)[\(index)].\(member)", reason: "is there twice")
    }
  }
}

extension AuthDatabase.User {
  fileprivate init(_ value: JSONValue, _ path: String) throws(AuthDatabaseError) {
    let entry = try AuthEntry(
      value, path: path, names: ["id", "email", "phone", "displayName", "banned"])
    self.init(
      id: try entry.text("id"), email: try entry.optionalText("email"),
      phone: try entry.optionalText("phone"), displayName: try entry.optionalText("displayName"),
      isBanned: try entry.flag("banned"))
  }
}

extension AuthDatabase.Session {
  fileprivate init(_ value: JSONValue, _ path: String) throws(AuthDatabaseError) {
    let entry = try AuthEntry(
      value, path: path,
      names: ["id", "userId", "secret", "connectionKey", "sessionKey", "expires", "revoked"])
    var key: ConnectionKey
    if let text = try entry.optionalText("connectionKey") {
      do throws(KeyError) { key = try ConnectionKey(parsing: text) } catch {
        throw entry.broken("connectionKey", "\(error)")
      }
      try entry.check("id", is: key.sessionID)
      try entry.check("userId", is: key.userID)
      try entry.check("secret", is: key.secret.text)
    } else {
      key = ConnectionKey(
        userID: try entry.text("userId"), sessionID: try entry.text("id"),
        secret: Secret(try entry.text("secret")), expiry: .never)
    }
    do throws(KeyError) {
      _ = try key.makeToken(connectionID: "", recordName: nil, inst: "")
    } catch { throw entry.broken("secret", "\(error)") }
    if let expires = try entry.optionalTime("expires") { key.expiry = .at(milliseconds: expires) }

    var sessionKey: SessionKey?
    if let text = try entry.optionalText("sessionKey") {
      do throws(KeyError) { sessionKey = try SessionKey(parsing: text) } catch {
        throw entry.broken("sessionKey", "\(error)")
      }
      guard sessionKey?.sessionID == key.sessionID, sessionKey?.userID == key.userID else {
        throw entry.broken("sessionKey", "is of another session")
      }
    }
    self.init(connectionKey: key, sessionKey: sessionKey, isRevoked: try entry.flag("revoked"))
  }
}

extension AuthDatabase.Record {
  fileprivate init(_ value: JSONValue, _ path: String) throws(AuthDatabaseError) {
    let entry = try AuthEntry(
      value, path: path, names: ["name", "owner", "members", "keys", "insts"])
    self.init(
      name: try entry.text("name"), owner: try entry.text("owner"),
      members: try entry.entries("members", AuthEntry.text),
      insts: try entry.entries("insts", AuthDatabase.Inst.init))
    let name = name
    keys = try entry.entries("keys") { (value, path) throws(AuthDatabaseError) in
      let text = try AuthEntry.text(value, path)
      let key: RecordKey
      do throws(KeyError) { key = try RecordKey(parsing: text) } catch {
        throw AuthDatabaseError(path: path, reason: "\(error)")
      }
      guard key.recordName == name else {
        throw AuthDatabaseError(path: path, reason: "is of another record")
      }
      return key
    }
  }
}

extension AuthDatabase.Inst {
  fileprivate init(_ value: JSONValue, _ path: String) throws(AuthDatabaseError) {
    let entry = try AuthEntry(value, path: path, names: ["name", "markers"])
    self.init(
      name: try entry.text("name"), markers: try entry.entries("markers", AuthEntry.text))
  }
}

/// One object of the file, read with the path to what is wrong.
private struct AuthEntry {
  private let value: JSONValue
  private let path: String

  /// Takes an object that has no members but these.
  init(_ value: JSONValue, path: String, names: Set<String>) throws(AuthDatabaseError) {
    guard let members = value.objectValue else {
      throw AuthDatabaseError(path: path, reason: "is no object")
    }
    if let stranger = members.first(where: { !names.contains($0.name) }) {
      throw AuthDatabaseError(
        path: path,
        reason: "'\(stranger.name)' is none of \(names.sorted().joined(separator: ", "))")
    }
    self.value = value
    self.path = path
  }

  func broken(_ name: String, _ reason: String) -> AuthDatabaseError {
    AuthDatabaseError(path: path.isEmpty ? name : "\(path).\(name)", reason: reason)
  }

  static func text(_ value: JSONValue, _ path: String) throws(AuthDatabaseError) -> String {
    guard let text = value.stringValue, !text.isEmpty else {
      throw AuthDatabaseError(path: path, reason: "is no text")
    }
    return text
  }

  func text(_ name: String) throws(AuthDatabaseError) -> String {
    try Self.text(value[name] ?? .null, broken(name, "").path)
  }

  func optionalText(_ name: String) throws(AuthDatabaseError) -> String? {
    value[name] == nil ? nil : try text(name)
  }

  func flag(_ name: String) throws(AuthDatabaseError) -> Bool {
    guard let value = value[name] else { return false }
    guard let flag = value.boolValue else { throw broken(name, "is neither true nor false") }
    return flag
  }

  func optionalTime(_ name: String) throws(AuthDatabaseError) -> Int64? {
    guard let value = value[name] else { return nil }
    guard let time = value.intValue else { throw broken(name, "is no time in milliseconds") }
    return Int64(time)
  }

  /// A member that repeats what is known may be there.
  func check(_ name: String, is expected: String) throws(AuthDatabaseError) {
    guard let text = try optionalText(name), text != expected else { return }
    throw broken(name, "is not that of the connection key")
  }

  func entries<Entry>(
    _ name: String, _ make: (JSONValue, String) throws(AuthDatabaseError) -> Entry
  ) throws(AuthDatabaseError) -> [Entry] {
    guard let list = value[name] else { return [] }
    guard let elements = list.arrayValue else { throw broken(name, "is no array") }
    var entries: [Entry] = []
    for (index, element) in elements.enumerated() {
      entries.append(try make(element, broken("\(name)[\(index)]", "").path))
    }
    return entries
  }
}
