public import JSONText

/// An `.aux` file, in which users of CasualOS exchange bots (PROTOCOL section 9).
public enum AuxFile: Hashable, Sendable {
  /// Version 1: the bots as they are. A file without a version, which is the state alone, is read as
  /// this.
  case state(AuxState)
  /// Version 2: the updates that make the bots.
  case updates(AuxUpdates)
}

/// What a file of version 1 holds.
public struct AuxState: Hashable, Sendable {
  /// A bot.
  public struct Bot: Hashable, Sendable {
    /// The bot's ID.
    public var id: String
    /// The space in which it is; a document does not know of it.
    public var space: String?
    /// The tags.
    public var tags: [JSONMember]
    /// The tag masks by space.
    public var masks: [Masks]

    /// A bot.
    public init(
      id: String, space: String? = nil, tags: [JSONMember] = [], masks: [Masks] = []
    ) {
      self.id = id
      self.space = space
      self.tags = tags
      self.masks = masks
    }
  }

  /// The tag masks of a space.
  public struct Masks: Hashable, Sendable {
    /// The space.
    public var space: String
    /// The masks.
    public var tags: [JSONMember]

    /// Masks.
    public init(space: String, tags: [JSONMember]) {
      self.space = space
      self.tags = tags
    }
  }

  /// The bots, in the file's order.
  public var bots: [Bot]
  /// Members of the file that only others know the meaning of.
  public var others: [JSONMember]

  /// A state.
  public init(bots: [Bot], others: [JSONMember] = []) {
    self.bots = bots
    self.others = others
  }
}

/// What a file of version 2 holds.
public struct AuxUpdates: Hashable, Sendable {
  /// An update.
  public struct Update: Hashable, Sendable {
    /// Its number; files of CasualOS have one.
    public var id: JSONValue?
    /// When it was made, in milliseconds since the Unix epoch; files of CasualOS have it.
    public var timestamp: JSONValue?
    /// The update, base64, as it stands in the file: whether it is one, is not checked.
    public var base64: String
    /// Where it stands in the file: the offset of its first byte.
    public var offset: Int
    /// Members that only others know the meaning of.
    public var others: [JSONMember]

    /// An update.
    public init(
      id: JSONValue? = nil, timestamp: JSONValue? = nil, base64: String, offset: Int = 0,
      others: [JSONMember] = []
    ) {
      self.id = id
      self.timestamp = timestamp
      self.base64 = base64
      self.offset = offset
      self.others = others
    }
  }

  /// The updates, in the file's order.
  public var updates: [Update]
  /// Members of the file that only others know the meaning of.
  public var others: [JSONMember]

  /// Updates.
  public init(updates: [Update], others: [JSONMember] = []) {
    self.updates = updates
    self.others = others
  }
}

/// Why a text is no `.aux` file, and where.
public struct AuxError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// It is not JSON, or nested too deeply.
    case json(JSONError.Kind)
    /// The file is longer than allowed, in bytes.
    case tooLarge(limit: Int)
    /// A version that is not known.
    case unknownVersion(String)
    /// Something is missing: the name of the member.
    case missing(String)
    /// Something is not what it has to be: where, and what it has to be.
    case wrongKind(of: String, expected: JSONKind)
    /// A bot stands under another ID than its own.
    case otherID(String, of: String)
  }

  /// What is wrong.
  public var reason: Reason
  /// The offset of the byte at which it was noticed.
  public var offset: Int

  /// An error at an offset.
  public init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension AuxError: CustomStringConvertible {
  /// A sentence without a full stop: what, and at which byte.
  public var description: String { "\(reason) at byte \(offset)" }
}

extension AuxError.Reason: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .json(let kind): "\(kind)"
    case .tooLarge(let limit): "the file is longer than \(limit) bytes"
    case .unknownVersion(let version): "version \(version) is unknown"
    case .missing(let name): "'\(name)' is missing"
    case .wrongKind(let place, let kind): "\(place) is no \(kind)"
    case .otherID(let id, let key): "the bot at '\(key)' has the ID '\(id)'"
    }
  }
}
