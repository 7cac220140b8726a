import InstClient
import InstDocument
import InstProtocol
import Transport
import Yjs

/// What `watch --decode` and `watch --state` make of a branch's updates: its document.
@EventLoop
final class WatchedDocument {
  /// What is printed.
  struct Shown: Sendable {
    /// What each update says, as lines of type `decoded`.
    var decoded = false
    /// The bots, once all are there.
    var bots = false
    /// What changes from then on.
    var changes = false

    var isNothing: Bool { !decoded && !bots && !changes }
  }

  private let shown: Shown
  private let run: CommandRun
  private let address: BranchAddress
  private let decoded: DecodedLines
  private let bots: BotLines
  private let computation = LongComputation()
  private var isSynced = false
  /// What has come before the state is known, where nobody asks what each update says.
  private var state = BotsDocument()

  init(_ shown: Shown, _ run: CommandRun, _ address: BranchAddress) {
    self.shown = shown
    self.run = run
    self.address = address
    decoded = DecodedLines(run, address)
    bots = BotLines(run, address)
  }

  func received(_ updates: BranchUpdates) {
    for (index, update) in updates.strings().enumerated() {
      guard computation.goesOn(in: run) else { return }
      let found = FoundUpdate(content: .init(base64: update), place: "update \(index)")
      if !isSynced, !shown.decoded {
        gather(found)
        continue
      }
      guard let changes = decoded.decode(found, prints: shown.decoded) else {
        if !shown.decoded { warn() }
        continue
      }
      if isSynced, shown.changes { for change in changes { bots.print(change) } }
    }
  }

  private func gather(_ found: FoundUpdate) {
    guard case .bytes(let bytes) = found.content, (try? state.applyUpdate(bytes)) != nil else {
      return warn()
    }
  }

  private func warn() {
    run.diagnostics.warn("an update of '\(address.inst)' cannot be decoded: --decode shows it")
  }

  /// The branch's present state is known.
  func synced() {
    if isSynced || run.isInterrupted { return }
    isSynced = true
    if !shown.decoded {
      decoded.follow(state)
      state = BotsDocument()
    }
    guard shown.bots else { return }
    decoded.follower.document.forEachBot { bots.print($0) }
  }
}
