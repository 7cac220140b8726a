import InstClient
import InstDocument
import InstProtocol
import JSONText
import Transport
import Yjs

/// Changes bots of a branch: reads it, makes the smallest update, sends it, waits for the acknowledgement.
@EventLoop
final class BotEditing {
  private let run: CommandRun
  private let settings: Settings
  private let connection: ServerConnection
  private let address: BranchAddress
  private let isDry: Bool
  private let skips: Bool
  /// Whoever writes to our stdin may take the time that it takes.
  private var isReadingInput = false

  /// - Parameters:
  ///   - isDry: whether the update is printed instead of being sent.
  ///   - skips: whether stored updates that cannot be decoded are left out.
  init(
    _ run: CommandRun, _ settings: Settings, _ connection: ServerConnection,
    _ address: BranchAddress, isDry: Bool, skips: Bool
  ) {
    self.run = run
    self.settings = settings
    self.connection = connection
    self.address = address
    self.isDry = isDry
    self.skips = skips
  }

  /// Makes changes, which are asked for once the branch has been read.
  func make(
    _ edits: @EventLoop () async throws(Failure) -> [BotEdit]
  ) async throws(Failure) {
    let client = try connection.client(
      for: address.instAddress, reconnects: true, showingFramesTo: settings.frameObserver(run))
    let request = RequestRun(
      run, client, timeout: settings.timeout(default: 10_000),
      what: "the branch was not read, or the update not acknowledged",
      isWaiting: { [weak self] in self?.isReadingInput == false })
    request.start()
    defer { withExtendedLifetime(request) {} }
    var document = try await document(client)
    isReadingInput = true
    let edits = try await edits()
    isReadingInput = false
    let update: [UInt8]?
    do throws(BotEditError) { update = try document.edit(edits) } catch {
      throw Failure(
        code: "no_such_bot", layer: .protocol, message: "\(error)",
        hint: "'instctl state' lists the bots; 'instctl bots add' makes one", exit: .notFound)
    }
    guard let update else {
      return run.diagnostics.tell("nothing is to be changed: the branch is like that already")
    }
    let text = Base64.encode(update)
    if isDry { return print(text) }
    do throws(ClientError) {
      if let acknowledgement = try await client.addUpdates(address, [text]) {
        run.output.line(LineHead("\"type\":\"ack\"", address)) { writer in
          writer.members(of: acknowledgement)
        }
      }
    } catch { throw Failure(error) }
  }

  /// What the branch holds, ready to be changed by a client that nobody else is.
  private func document(_ client: InstRecordsClient) async throws(Failure) -> BotsDocument {
    var document = BotsDocument(clientID: Int(UInt32.random(in: 1 ... .max)))
    let snapshot: BranchSnapshot
    do throws(ClientError) { snapshot = try await client.getBranchUpdates(address) } catch {
      throw Failure(error)
    }
    let source = UpdatesSource.inst(address, connection)
    for update in snapshot.found {
      _ = try update.applied(
        to: &document, of: source, skipping: skips ? settings.diagnostics : nil)
    }
    if document.document.hasPending {
      settings.diagnostics.warn(
        "the branch lacks updates: what depends on them was not seen ('instctl gaps' names them)")
    }
    return document
  }

  private func print(_ update: String) {
    run.output.line(LineHead("\"type\":\"updates\"", address)) { writer in
      writer.key("updates")
      writer.value(.array([.string(update)]))
    }
  }
}
