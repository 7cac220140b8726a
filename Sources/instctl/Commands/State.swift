import ArgumentParser
import InstDocument
import JSONText
import Transport
import Yjs

/// `instctl state`.
struct State: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Show the bots that a branch or a file holds.",
    discussion: """
      Reads the updates of a branch, or of a file as decode takes it, and prints a line of type bot for \
      each bot: {"bot":{"id","tags","masks"}}. With --format aux1 or aux2 it prints one object instead, \
      an .aux file: aux2 holds the updates as they are, and loses nothing; aux1 the bots alone, and what \
      it cannot say is told on stderr. watch --state follows a branch in the same way.

      With --bot or --tag only those are printed; where there are none, the exit code is 1. An update that \
      cannot be decoded is an error (exit 65) unless --skip-undecodable is given.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl add-updates demo --aux bots.aux
        instctl state demo --format aux2 > demo.aux
        instctl state ./demo.aux --tag color | jq -r .bot.tags.color
      """)

  /// What is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable, Sendable {
    case bots, aux1, aux2
  }

  @OptionGroup var source: UpdatesSourceOptions

  @Option(
    help: ArgumentHelp(
      "What to print: bots, a line for each; aux1 or aux2, an .aux file of version 1 or 2.",
      valueName: "format"))
  var format = Format.bots

  @Option(help: ArgumentHelp("Print this bot alone; can be repeated.", valueName: "id"))
  var bot: [String] = []

  @Option(
    help: ArgumentHelp(
      "Print this tag alone, and only bots that have it, as a tag or as a mask; can be repeated.",
      valueName: "tag"))
  var tag: [String] = []

  @Option(
    help: ArgumentHelp("The space of the bots in a file of version 1.", valueName: "space"))
  var space = "shared"

  @Flag(help: "Leave out updates that cannot be decoded, with a warning for each.")
  var skipUndecodable = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func validate() throws {
    if format == .aux2, !bot.isEmpty || !tag.isEmpty {
      throw ValidationError("--format aux2 holds whole updates: --bot and --tag do not go with it")
    }
  }

  func run() throws {
    let settings = try Settings(server, output, branch: source, timeout: waiting.timeout)
    let source = try self.source.source(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      var document = BotsDocument()
      var updates: [AuxUpdates.Update] = []
      try await source.read(for: run, settings) { (found) throws(Failure) in
        guard let bytes = try found.applied(to: &document, of: source, skipping: skips(settings))
        else { return }
        if format == .aux2 { updates.append(found.stored(bytes, number: updates.count)) }
      }
      if document.document.hasPending {
        settings.diagnostics.warn(
          "\(source.name) lacks updates: what depends on them is left out")
      }
      switch format {
      case .bots: try printBots(document, run, source)
      case .aux1: try printState(document, run, settings)
      case .aux2: print(.updates(AuxUpdates(updates: updates)), run)
      }
    }
  }

  private func skips(_ settings: Settings) -> Diagnostics? {
    skipUndecodable ? settings.diagnostics : nil
  }

  // MARK: Printing

  @EventLoop
  private func printBots(
    _ document: BotsDocument, _ run: CommandRun, _ source: UpdatesSource
  ) throws(Failure) {
    let lines = BotLines(run, source.address)
    var isAny = false
    forEachBot(document) { bot in
      isAny = true
      lines.print(bot)
    }
    if bot.isEmpty, tag.isEmpty {
      for stray in AuxLoss.strays(of: document) { run.diagnostics.warn("left out: \(stray)") }
    }
    if !isAny, !bot.isEmpty || !tag.isEmpty { throw nothing }
  }

  /// The bots and tags that are asked for.
  private func forEachBot(_ document: BotsDocument, _ body: (Bot) -> Void) {
    func show(_ bot: Bot) { if let chosen = chosen(bot) { body(chosen) } }
    if bot.isEmpty {
      document.forEachBot(show)
    } else {
      for id in bot { document.bot(id).map(show) }
    }
  }

  private func chosen(_ bot: Bot) -> Bot? {
    if tag.isEmpty { return bot }
    // By UTF-8: names are not normalised, as comparing Strings would do.
    let isChosen = { (found: Bot.Tag) in
      tag.contains { $0.utf8.elementsEqual(found.name.utf8) }
    }
    var bot = bot
    bot.tags = bot.tags.filter(isChosen)
    bot.masks = bot.masks.filter(isChosen)
    return bot.tags.isEmpty && bot.masks.isEmpty ? nil : bot
  }

  private var nothing: Failure {
    Failure(
      code: "nothing_found", layer: .protocol,
      message: "no bot is there with \(bot.isEmpty ? "such a tag" : "such an ID")", exit: .no)
  }

  @EventLoop
  private func printState(
    _ document: BotsDocument, _ run: CommandRun, _ settings: Settings
  ) throws(Failure) {
    var losses: [AuxLoss] = []
    var bots: [Bot] = []
    forEachBot(document) { bots.append($0) }
    if bots.isEmpty, !bot.isEmpty || !tag.isEmpty { throw nothing }
    let state = AuxState(bots, space: space, losses: &losses)
    if bot.isEmpty, tag.isEmpty { losses += AuxLoss.strays(of: document) }
    for loss in losses { settings.diagnostics.warn("aux1 cannot say all: \(loss)") }
    print(.state(state), run)
  }

  @EventLoop
  private func print(_ file: AuxFile, _ run: CommandRun) {
    file.write(to: &run.output.writer)
    run.output.writer.finishLine()
  }
}

extension FoundUpdate {
  /// Applies the update to a document; gives its bytes, or nil where it was skipped with a warning.
  ///
  /// - Parameters:
  ///   - source: for messages.
  ///   - diagnostics: gets the warning; nil where what cannot be decoded is an error.
  func applied(
    to document: inout BotsDocument, of source: UpdatesSource, skipping diagnostics: Diagnostics?
  ) throws(Failure) -> [UInt8]? {
    let reason: String
    switch content {
    case .unreadable(let why): reason = why
    case .bytes(let bytes):
      do throws(YjsError) {
        try document.applyUpdate(bytes)
        return bytes
      } catch { reason = "\(error)" }
    }
    let message = "\(place) of \(source.name) cannot be decoded: \(reason)"
    guard let diagnostics else {
      throw .undecodable(message, hint: "instctl decode shows all; --skip-undecodable goes on")
    }
    diagnostics.warn(message)
    return nil
  }

  /// The update as a file of version 2 has it.
  fileprivate func stored(_ bytes: [UInt8], number: Int) -> AuxUpdates.Update {
    AuxUpdates.Update(
      id: id ?? JSONValue(number), timestamp: timestamp ?? JSONValue(0),
      base64: Base64.encode(bytes), others: others)
  }
}
