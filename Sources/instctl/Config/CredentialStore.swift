import InstProtocol
import JSONText

/// What signing in at a server has given, kept by the server's origin in `credentials.json` of the
/// user's configuration:
///
/// ```json
/// {"origins": {"https://inst.example.com": {
///   "userId": "…", "connectionKey": "vCK1.…", "sessionKey": "vSK1.…"}}}
/// ```
///
/// Fields that are not known here stay as they are.
struct CredentialStore: Sendable {
  private let folder: ConfigFolder
  private static let file = "credentials.json"
  private static let lock = "credentials.lock"

  /// The store of the user; nil where there is no home for it.
  static func ofUser() -> CredentialStore? { ConfigFolder.ofUser().map(CredentialStore.init) }

  /// - Throws: a failure where the environment names no place for it.
  static func required() throws(Failure) -> CredentialStore {
    guard let store = ofUser() else {
      throw Failure(
        code: "no_home", layer: .config, message: "there is no place for stored credentials",
        hint: "set HOME or XDG_CONFIG_HOME", exit: .configuration)
    }
    return store
  }

  init(in folder: ConfigFolder) { self.folder = folder }

  /// The file, for people.
  var path: String { folder.path(of: Self.file) }

  /// What is kept for an origin; nil for nothing.
  func session(forOrigin origin: String) throws(Failure) -> StoredSession? {
    guard let entry = try contents()["origins"]?[origin] else { return nil }
    do throws(KeyError) { return try StoredSession(entry) } catch {
      throw broken(
        "the keys for \(origin) cannot be used: \(error)",
        hint: "'instctl logout --local' forgets them")
    }
  }

  /// Keeps a session in place of what there is for the origin.
  func keep(_ session: StoredSession, forOrigin origin: String) throws(Failure) {
    try change { origins in
      origins = origins.setting(origin, session.written(over: origins[origin]))
    }
  }

  /// Forgets what is kept for an origin, be it of use or not.
  ///
  /// - Returns: Whether there was anything.
  @discardableResult
  func forget(origin: String) throws(Failure) -> Bool {
    guard try contents()["origins"]?[origin] != nil else { return false }
    try change { origins in origins = origins.setting(origin, nil) }
    return true
  }

  /// Makes sure that something can be kept, before it is asked for.
  func prepare() throws(Failure) {
    try folder.create()
    _ = try contents()
  }

  private func change(_ body: (inout JSONValue) -> Void) throws(Failure) {
    try folder.withLock(Self.lock) { () throws(Failure) in
      let contents = try contents()
      var origins = contents["origins"] ?? [:]
      body(&origins)
      var writer = JSONWriter()
      writer.value(contents.setting("origins", origins))
      writer.finishLine()
      try folder.replacePrivate(Self.file, with: writer.bytes)
    }
  }

  private func contents() throws(Failure) -> JSONValue {
    guard let text = try folder.readPrivate(Self.file) else { return [:] }
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
      throw broken("it is not valid JSON")
    }
    guard value.objectValue != nil, value["origins"].map({ $0.objectValue != nil }) ?? true else {
      throw broken("it is not an object with origins")
    }
    return value
  }

  /// The reason must quote nothing: it is a file of secrets.
  private func broken(
    _ reason: String, hint: String = "remove the file and sign in again"
  ) -> Failure {
    Failure(
      code: "broken_credentials", layer: .config, message: "'\(path)' is broken: \(reason)",
      hint: hint, exit: .configuration)
  }
}

/// A session at one server, with its keys.
struct StoredSession: Sendable {
  /// From which tokens for the socket are made.
  var connectionKey: ConnectionKey
  /// For the HTTP API.
  var sessionKey: SessionKey?

  init(connectionKey: ConnectionKey, sessionKey: SessionKey?) {
    self.connectionKey = connectionKey
    self.sessionKey = sessionKey
  }

  fileprivate init(_ entry: JSONValue) throws(KeyError) {
    connectionKey = try ConnectionKey(parsing: entry["connectionKey"]?.stringValue ?? "")
    if let text = entry["sessionKey"]?.stringValue { sessionKey = try SessionKey(parsing: text) }
  }

  /// The entry of the file, which keeps the other fields of the one before.
  fileprivate func written(over entry: JSONValue?) -> JSONValue {
    (entry?.objectValue == nil ? [:] : entry ?? [:])
      .setting("userId", .string(connectionKey.userID))
      .setting("connectionKey", .string(connectionKey.formatted))
      .setting("sessionKey", sessionKey.map { .string($0.formatted) })
  }
}

extension JSONValue {
  /// The object with a member of this name and value, at its old place if it had one; without one where
  /// the value is nil.
  fileprivate func setting(_ name: String, _ value: JSONValue?) -> JSONValue {
    var members = objectValue ?? []
    let index = members.firstIndex { $0.name == name }
    members.removeAll { $0.name == name }
    if let value {
      members.insert(
        JSONMember(name: name, value: value), at: min(index ?? members.count, members.count))
    }
    return .object(members)
  }
}
