import ArgumentParser
import JSONText
import Transport
import Yjs

/// `instctl gaps`.
struct Gaps: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gaps",
    abstract: "Find what the updates of a branch or a file lack.",
    discussion: """
      Reads the updates of a branch, or of a file as decode takes it, and prints a line of type gap for each \
      thing that is missing, so that no copy of the document can have all of what the updates say. "kind" \
      tells what: clocks, a hole in the clocks of a client, with how many clocks wait behind it (waiting); \
      struct, one that needs another client's struct (needs, as origin, rightOrigin or parent); deletion, of \
      clocks that no update has. "update" is the number of the first update, from 0, in which it shows up, and \
      "place" where that is.

      The exit code is 1 where there are gaps, 0 where there are none. An update that cannot be decoded is an \
      error (exit 65) unless --skip-undecodable is given.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl gaps demo
        instctl get-updates demo | instctl gaps -
      """)

  @OptionGroup var source: UpdatesSourceOptions

  @Flag(help: "Leave out updates that cannot be decoded, with a warning for each.")
  var skipUndecodable = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func run() throws {
    let settings = try Settings(server, output, branch: source, timeout: waiting.timeout)
    let source = try self.source.source(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      var inventory = UpdateInventory()
      var places: [String] = []
      try await source.read(for: run, settings) { (found) throws(Failure) in
        places.append(found.place)
        try found.add(
          to: &inventory, of: source, skipping: skipUndecodable ? settings.diagnostics : nil)
      }
      let head = LineHead("\"type\":\"gap\"", source.address)
      let gaps = inventory.gaps
      for gap in gaps { run.output.line(head) { $0.members(of: gap, places: places) } }
      if !gaps.isEmpty { run.end(.status(.no)) }
    }
  }
}

extension FoundUpdate {
  /// Adds the update to an inventory.
  ///
  /// - Parameters:
  ///   - source: for messages.
  ///   - diagnostics: gets a warning; nil where what cannot be decoded is an error.
  func add(
    to inventory: inout UpdateInventory, of source: UpdatesSource,
    skipping diagnostics: Diagnostics?
  ) throws(Failure) {
    let reason: String
    switch content {
    case .unreadable(let why):
      inventory.skip()
      reason = why
    case .bytes(let bytes):
      do throws(YjsError) { return try inventory.add(bytes) } catch { reason = "\(error)" }
    }
    let message = "\(place) of \(source.name) cannot be decoded: \(reason)"
    guard let diagnostics else {
      throw .undecodable(message, hint: "instctl decode shows all; --skip-undecodable goes on")
    }
    diagnostics.warn(message)
  }
}

extension JSONWriter {
  fileprivate mutating func members(of gap: Gap, places: [String]) {
    key("kind")
    let number: Int
    switch gap {
    case .clocks(let range, let waiting, let update):
      string("clocks")
      members(of: range)
      key("waiting")
      self.number(waiting)
      number = update
    case .structure(let id, let needs, let role, let update):
      string("struct")
      members(of: id)
      key("needs")
      beginObject()
      members(of: needs)
      endObject()
      key("as")
      string(role.rawValue)
      number = update
    case .deletion(let range, let update):
      string("deletion")
      members(of: range)
      number = update
    }
    key("update")
    self.number(number)
    key("place")
    if places.indices.contains(number) { string(places[number]) } else { null() }
  }

  private mutating func members(of id: ID) {
    key("client")
    number(id.client)
    key("clock")
    number(id.clock)
  }

  /// `client`, `clock` and `length`.
  mutating func members(of range: IDSet.Range) {
    key("client")
    number(range.client)
    key("clock")
    number(range.clock)
    key("length")
    number(range.length)
  }
}
