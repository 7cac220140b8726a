public import JSONText

/// What a live screen shows of a watch: events and times in, rows for a screen of any size out.
///
/// Its memory has a bound: the last events, and so many insts and devices.
public struct TUIModel: Sendable {
  /// What is known of one branch.
  struct Branch: Sendable {
    let name: String
    var isSynced = false
    var isRefused = false
    /// Updates that are known: the state, and what came since. Their bytes.
    var updates = 0
    var bytes = 0
    /// Updates that came as news.
    var news = 0
    var actions = 0
    var updateRate = RateMeter()
    var lastSeconds: Double?

    /// Whether it is a branch of this inst.
    func isOf(_ inst: String) -> Bool { name == inst || name.hasPrefix("\(inst)#") }
  }

  /// One that is there.
  struct Device: Sendable {
    let branch: String
    let id: String
    let user: String?
    let sinceSeconds: Double
  }

  /// A line that is worth a row.
  struct Event: Sendable {
    let text: StyledText
  }

  let title: String
  private(set) var branches: [Branch] = []
  private(set) var devices: [Device] = []
  private(set) var events: [Event] = []
  /// The last word of stderr.
  private(set) var note: String?
  private(set) var latencyMilliseconds: Double?
  private(set) var offsetMilliseconds: Double?
  private(set) var receivedBytes = 0
  private(set) var byteRate = RateMeter()
  private(set) var actionRate = RateMeter()
  private(set) var updateRate = RateMeter()
  let startSeconds: Double
  private var connections: [(owner: String, state: String, isConnected: Bool)] = []
  private var lines = PrettyLines(PrettyLines.Options(width: Self.eventWidth))

  /// Of a row that is much wider the end is not kept.
  private static let eventWidth = 200
  static let greatestEventCount = 200
  static let greatestDeviceCount = 1000

  /// - Parameters:
  ///   - title: what is watched, such as the server's URL.
  ///   - branches: the names of the branches, as lines have them: record (empty for none), inst, branch.
  ///   - seconds: the time, on a clock that never goes back.
  public init(
    title: String, branches: [(record: String, inst: String, branch: String)], at seconds: Double
  ) {
    self.title = title
    startSeconds = seconds
    self.branches = branches.map {
      Branch(name: BranchName.text(record: $0.record, inst: $0.inst, branch: $0.branch))
    }
    if branches.count > 1 { lines.options.namesBranches = true }
  }

  // MARK: What happens

  /// A line of `watch`.
  public mutating func take(_ line: UnsafeRawBufferPointer, at seconds: Double) {
    guard var fields = LineFields(line) else { return }
    let kind = LineKind(fields.takeString("type") ?? "")
    let name = kind == .connection ? nil : BranchName.take(from: &fields)
    let index = name.flatMap { name in branches.firstIndex { $0.name == name } }
    switch kind {
    case .updates:
      guard let index else { return }
      let list = fields.takeText("updates").map(UpdateList.init) ?? UpdateList()
      if fields.takeBool("initial") == true {
        // The state, again after a reconnect: no measure of what is going on.
        branches[index].updates = list.count
        branches[index].bytes = list.byteCount
      } else {
        branches[index].updates &+= list.count
        branches[index].bytes &+= list.byteCount
        branches[index].news &+= list.count
        branches[index].lastSeconds = seconds
      }
    case .sync:
      if let index { branches[index].isSynced = true }
    case .connection:
      connection(&fields)
      keep(line)
    case .action:
      if let index {
        branches[index].actions += 1
        branches[index].lastSeconds = seconds
      }
      keep(line)
    default:
      if kind == .error, let index, !branches[index].isSynced { branches[index].isRefused = true }
      keep(line)
    }
  }

  private mutating func keep(_ line: UnsafeRawBufferPointer) {
    events.append(Event(text: lines.row(line)))
    if events.count > Self.greatestEventCount { events.removeFirst() }
  }

  private mutating func connection(_ fields: inout LineFields) {
    let state = fields.takeString("state") ?? "?"
    let isConnected = fields.takeBool("connected") ?? false
    let owner = BranchName.take(from: &fields) ?? ""
    if let index = connections.firstIndex(where: { $0.owner == owner }) {
      connections[index] = (owner, state, isConnected)
    } else if connections.count <= branches.count {
      connections.append((owner, state, isConnected))
    }
    guard !isConnected else { return }
    for index in branches.indices where owner.isEmpty || branches[index].isOf(owner) {
      branches[index].isSynced = false
    }
  }

  /// A device is on a branch.
  ///
  /// - Parameter connection: the protocol's ConnectionInfo.
  public mutating func deviceCame(_ connection: JSONValue, to branch: Int, at seconds: Double) {
    guard devices.count < Self.greatestDeviceCount, branches.indices.contains(branch),
      let id = connection["connectionId"]?.stringValue
    else { return }
    let name = branches[branch].name
    devices.removeAll { $0.id == id && $0.branch == name }
    devices.insert(
      Device(
        branch: name, id: String(id.prefix(100)),
        user: connection["userId"]?.stringValue.map { String($0.prefix(100)) },
        sinceSeconds: seconds), at: 0)
  }

  /// A device has left a branch.
  public mutating func deviceLeft(_ connection: JSONValue, of branch: Int) {
    guard branches.indices.contains(branch), let id = connection["connectionId"]?.stringValue
    else { return }
    let name = branches[branch].name
    devices.removeAll { $0.id == String(id.prefix(100)) && $0.branch == name }
  }

  /// The server's clock was sampled.
  public mutating func sampled(latencyMilliseconds: Double, offsetMilliseconds: Double) {
    self.latencyMilliseconds = latencyMilliseconds
    self.offsetMilliseconds = offsetMilliseconds
  }

  /// Something was written to stderr.
  public mutating func wrote(_ text: String) { note = String(text.prefix(500)) }

  /// Time passes: rates are measured. To be called before each frame.
  public mutating func tick(receivedBytes: Int, at seconds: Double) {
    self.receivedBytes = receivedBytes
    byteRate.note(receivedBytes, at: seconds)
    for index in branches.indices {
      branches[index].updateRate.note(branches[index].news, at: seconds)
    }
    updateRate.note(branches.reduce(0) { $0 &+ $1.news }, at: seconds)
    actionRate.note(actionCount, at: seconds)
  }

  var updateCount: Int { branches.reduce(0) { $0 &+ $1.updates } }
  var actionCount: Int { branches.reduce(0) { $0 &+ $1.actions } }

  /// The state of the connections: of several the first that is not well.
  var connectionState: (text: String, isConnected: Bool) {
    guard let worst = connections.first(where: { !$0.isConnected }) ?? connections.first else {
      return ("connecting", false)
    }
    return (worst.state, worst.isConnected)
  }
}
