public import InstProtocol

/// Whom a server knows: users, their sessions, and records (PROTOCOL section 6).
///
/// ``init(parsing:)`` reads it from JSON.
public struct AuthDatabase: Sendable, Hashable {
  /// Somebody who can sign in.
  public struct User: Sendable, Hashable {
    /// The user's id.
    public var id: String
    /// The address to which the codes for signing in go.
    public var email: String?
    /// The number to which the codes for signing in go.
    public var phone: String?
    /// What others see of the user.
    public var displayName: String?
    /// Whether the user may not log in any more.
    public var isBanned: Bool

    /// A user.
    public init(
      id: String, email: String? = nil, phone: String? = nil, displayName: String? = nil,
      isBanned: Bool = false
    ) {
      self.id = id
      self.email = email
      self.phone = phone
      self.displayName = displayName
      self.isBanned = isBanned
    }
  }

  /// A user who has signed in.
  public struct Session: Sendable, Hashable {
    /// From which clients make their tokens. It names the user, the session and its end.
    public var connectionKey: ConnectionKey
    /// What stands for the session over HTTP. Nil when nothing does.
    public var sessionKey: SessionKey?
    /// Whether the session was ended before its time.
    public var isRevoked: Bool

    /// A session.
    public init(
      connectionKey: ConnectionKey, sessionKey: SessionKey? = nil, isRevoked: Bool = false
    ) {
      self.connectionKey = connectionKey
      self.sessionKey = sessionKey
      self.isRevoked = isRevoked
    }
  }

  /// A record with its insts.
  public struct Record: Sendable, Hashable {
    /// The record's name.
    public var name: String
    /// The id of the user who may do everything, and grant it to others.
    public var owner: String
    /// The ids of users who may do everything.
    public var members: [String]
    /// Keys that open the record.
    public var keys: [RecordKey]
    /// The insts that are there from the start.
    public var insts: [Inst]

    /// A record.
    public init(
      name: String, owner: String, members: [String] = [], keys: [RecordKey] = [],
      insts: [Inst] = []
    ) {
      self.name = name
      self.owner = owner
      self.members = members
      self.keys = keys
      self.insts = insts
    }
  }

  /// An inst of a record.
  public struct Inst: Sendable, Hashable {
    /// The inst's name.
    public var name: String
    /// What is open to everybody: `publicRead` reading, `publicWrite` writing and actions as well.
    public var markers: [String]

    /// An inst.
    public init(name: String, markers: [String] = []) {
      self.name = name
      self.markers = markers
    }
  }

  /// The users.
  public var users: [User]
  /// The sessions.
  public var sessions: [Session]
  /// The records.
  public var records: [Record]

  /// A database.
  public init(users: [User] = [], sessions: [Session] = [], records: [Record] = []) {
    self.users = users
    self.sessions = sessions
    self.records = records
  }
}
