public import InstProtocol

/// What an inst server speaks and allows.
public struct ServerConfiguration: Sendable, Hashable {
  /// How many messages one client address may send.
  public struct RateLimit: Sendable, Hashable {
    /// How many messages a window lets through.
    public var maximumMessages: Int
    /// How long a window is, from the first message in it.
    public var windowMilliseconds: Int64

    /// A limit.
    public init(maximumMessages: Int, windowMilliseconds: Int64) {
      self.maximumMessages = maximumMessages
      self.windowMilliseconds = windowMilliseconds
    }
  }

  /// Which names and forms the server knows: those of one dialect alone (PROTOCOL section 2).
  public var dialect = Dialect.deployed
  /// Who is known. Nil for nobody: then records are open to everyone, and no token is valid.
  public var auth: AuthDatabase?
  /// Whether there are public insts, those without a record.
  public var allowsPublicInsts = true
  /// How large the updates of one inst may be together, in bytes of base64. Nil for no limit of its
  /// own.
  public var maxInstBytes: Int?
  /// How many connections may watch branches of one inst. Nil for any number.
  public var maxConnectionsPerInst: Int?
  /// How many branches one connection may watch, and of how many it may watch the devices.
  public var maxBranchesPerConnection = 10_000
  /// How much memory the updates of all insts may take together, in bytes.
  public var maxTotalBytes = 1 << 30
  /// How many messages a client may send. Nil for any number.
  public var rateLimit: RateLimit?
  /// Where messages too large for a gateway's frames are put and fetched, without a slash at the end.
  /// Nil where there is no gateway, and frames may be as large as they like.
  public var messageStorageURL: String?
  /// How much memory the messages in the storage may take together, in bytes.
  public var maxStorageBytes = 256 << 20
  /// Whether updates are to be stored, so that ``Effect/store(_:)`` comes before what follows from
  /// them.
  public var storesUpdates = false

  /// The deployed dialect, public insts, one gibibyte in all, nobody known, nothing stored, no
  /// other limit.
  public init() {}
}
