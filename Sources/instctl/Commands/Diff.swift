import ArgumentParser
import InstDocument
import JSONText
import Transport
import Yjs

/// `instctl diff`.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two branches or files.",
    discussion: """
      Reads both, each an inst or a file as decode takes it, and prints a line of type difference for each \
      thing that one has and the other has not: {"only":"a","client","clock","length"} for structs, the same \
      with "deletion":true for deletions, and {"bot","tag","a","b"} for what a bot or tag is in each (null \
      where there is none; tag is null for a bot that only one has; "mask":true for tag masks). The exit \
      code is 1 where they differ, 0 where they hold the same.

      With --as-update it prints one line of type updates instead: the update that brings B up to A, for \
      add-updates.

      Options of the connection hold for both, unless --a-server, --a-profile or their like say otherwise.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl add-updates demo --aux bots.aux
        instctl diff demo copy
        instctl diff ./bots.aux copy | jq -c 'select(.bot)'
        instctl diff demo copy --as-update | instctl add-updates copy
      """)

  @OptionGroup var sides: SidesOptions

  @Flag(help: "Print the update that brings B up to A.")
  var asUpdate = false

  @Flag(help: "Leave out updates that cannot be decoded, with a warning for each.")
  var skipUndecodable = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func run() throws {
    let (sideA, sideB) = try sides.sides(server, output, timeout: waiting.timeout)
    if [sideA, sideB].contains(where: \.source.isInput),
      try sideA.settings.readsSecretFromInput() || sideB.settings.readsSecretFromInput()
    {
      throw Failure.usage("stdin cannot hold both the secret and the updates")
    }
    CommandRun.execute(sideA.settings) { run throws(Failure) in
      let skipping = skipUndecodable ? run.diagnostics : nil
      var a = try await Contents(sideA, run, skipping: skipping)
      var b = try await Contents(sideB, run, skipping: skipping)
      let differences = ContentsDifference(&a, &b)
      if asUpdate {
        try Self.printUpdate(of: a, beyond: b, differences, to: run.output)
      } else {
        differences.print(to: run.output)
      }
      if !differences.isEmpty { run.end(.status(.no)) }
    }
  }

  @EventLoop
  private static func printUpdate(
    of a: Contents, beyond b: Contents, _ differences: ContentsDifference,
    to output: StandardOutput
  ) throws(Failure) {
    guard differences.aHasMore else { return }
    let update: [UInt8]
    do throws(YjsError) {
      update = try diffUpdate(
        try mergeUpdates(a.updates), from: b.document.document.stateVector)
    } catch { throw .undecodable("the updates cannot be merged: \(error)", hint: nil) }
    output.line(LineHead("\"type\":\"updates\"")) { writer in
      writer.key("updates")
      writer.value(.array([.string(Base64.encode(update))]))
    }
  }
}

/// What a branch or a file holds.
private struct Contents {
  var document = BotsDocument()
  private(set) var updates: [[UInt8]] = []
  private var inventory = UpdateInventory()

  @EventLoop
  init(
    _ side: SidesOptions.Side, _ run: CommandRun, skipping diagnostics: Diagnostics?
  ) async throws(Failure) {
    var document = BotsDocument()
    var inventory = UpdateInventory()
    var updates: [[UInt8]] = []
    try await side.source.read(for: run, side.settings) { (found) throws(Failure) in
      guard
        let bytes = try found.applied(to: &document, of: side.source, skipping: diagnostics)
      else { return }
      try found.add(to: &inventory, of: side.source, skipping: diagnostics)
      updates.append(bytes)
    }
    self.document = document
    self.inventory = inventory
    self.updates = updates
  }

  var structs: IDSet { inventory.structs }
  /// Also what a value that took another one's place has deleted, which updates need not say.
  var deletions: IDSet { inventory.deletions.union(IDSet(document.document.deleteSet)) }
}

/// What two of them differ in.
private struct ContentsDifference {
  private let structs: (a: IDSet, b: IDSet)
  private let deletions: (a: IDSet, b: IDSet)
  private let bots: [BotDifference]

  init(_ a: inout Contents, _ b: inout Contents) {
    let (aStructs, bStructs) = (a.structs, b.structs)
    let (aDeletions, bDeletions) = (a.deletions, b.deletions)
    structs = (aStructs.subtracting(bStructs), bStructs.subtracting(aStructs))
    deletions = (aDeletions.subtracting(bDeletions), bDeletions.subtracting(aDeletions))
    bots = a.document.differences(from: b.document)
  }

  var aHasMore: Bool { !structs.a.isEmpty || !deletions.a.isEmpty }

  var isEmpty: Bool {
    !aHasMore && structs.b.isEmpty && deletions.b.isEmpty && bots.isEmpty
  }

  @EventLoop
  func print(to output: StandardOutput) {
    let head = LineHead("\"type\":\"difference\"")
    for (side, structs, deletions) in [
      ("a", structs.a, deletions.a), ("b", structs.b, deletions.b),
    ] {
      for (ranges, areDeletions) in [(structs.ranges, false), (deletions.ranges, true)] {
        for range in ranges {
          output.line(head) { writer in
            writer.key("only")
            writer.string(side)
            writer.members(of: range)
            if areDeletions {
              writer.key("deletion")
              writer.bool(true)
            }
          }
        }
      }
    }
    for difference in bots { output.line(head) { $0.members(of: difference) } }
  }
}

extension JSONWriter {
  fileprivate mutating func members(of difference: BotDifference) {
    key("bot")
    string(difference.bot)
    key("tag")
    switch difference.subject {
    case .bot: null()
    case .tag(let name): string(name)
    case .mask(let name):
      string(name)
      key("mask")
      bool(true)
    }
    key("a")
    value(difference.a ?? .null)
    key("b")
    value(difference.b ?? .null)
  }
}

extension UpdatesSource {
  /// Whether it is stdin.
  fileprivate var isInput: Bool { if case .file("-") = self { true } else { false } }
}
