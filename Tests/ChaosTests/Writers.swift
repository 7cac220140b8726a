import Foundation
import Glibc
import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// Sends its updates as they are released, and keeps what it is told of them.
@EventLoop
protocol Writer: AnyObject {
  var acknowledgements: Acknowledgements { get }
  /// Lets the updates below this number go.
  func release(upTo count: Int)
  /// Ends the writer, all of whose updates are acknowledged.
  func end() async throws
  /// Ends it in any case.
  func abandon()
}

/// The branch that all write and watch.
let chaosBranch = BranchAddress(recordName: nil, inst: "chaos", branch: "default")

extension InstRecordsClient {
  /// A client with short pauses, so that much goes wrong in little time.
  @EventLoop
  static func impatient(
    _ url: WebSocketURL, name: String, compresses: Bool
  ) throws -> InstRecordsClient {
    var socket = WebSocketConnectionClient.Options()
    if url.isSecure { socket.connect.tls = try TLSContext.client(trust: .anybody) }
    socket.connect.deflate = compresses ? DeflateOffer() : nil
    socket.connect.connection.pingInterval = Patience.pingInterval * 1_000_000
    socket.connect.connection.pingTimeout = Patience.pingTimeout * 1_000_000
    socket.reconnect.minimumMilliseconds = 5
    socket.reconnect.maximumMilliseconds = Patience.backoff
    var options = InstRecordsClient.Options()
    options.resendUpdatesAfterMilliseconds = Patience.firstResend
    options.resendUpdatesIntervalMilliseconds = 100
    return InstRecordsClient(
      AuthenticatedConnectionClient(
        WebSocketConnectionClient(url: url, options: socket), credentials: .connectionID(name)),
      options: options)
  }
}

/// A writer that uses the library.
@EventLoop
final class LibraryWriter: Writer {
  private(set) var acknowledgements: Acknowledgements
  private let client: InstRecordsClient
  private let number: Int
  private let updates: NumberedUpdates
  private var released = 0

  init(_ number: Int, of updates: NumberedUpdates, over link: FlakyLink) throws {
    self.number = number
    self.updates = updates
    acknowledgements = Acknowledgements(of: updates)
    client = try .impatient(link.url, name: "writer-\(number)", compresses: number % 2 == 0)
    client.connect()
  }

  func release(upTo count: Int) {
    for update in released..<max(released, count) {
      EventLoop.start { await self.add(update) }
    }
    released = max(released, count)
  }

  private func add(_ update: Int) async {
    do throws(ClientError) {
      guard
        let answer = try await client.addUpdates(chaosBranch, [updates.text(number, update)])
      else { return acknowledgements.fail("no acknowledgement of update \(update)") }
      acknowledgements.add(number: update, updateID: answer.updateID, tries: answer.tries)
    } catch {
      acknowledgements.fail("update \(update): \(error)")
    }
  }

  func end() async throws {
    guard client.unacknowledgedCount == 0 else {
      throw ChaosFailure("\(client.unacknowledgedCount) updates count as unacknowledged")
    }
    client.disconnect()
    await client.finished()
  }

  func abandon() { client.disconnect() }
}

/// A writer that is `instctl add-updates`: its lines are updates, and their numbers are its ids.
@EventLoop
final class ProgramWriter: Writer {
  private(set) var acknowledgements: Acknowledgements
  private var process: ChildProcess?
  private let number: Int
  private let updates: NumberedUpdates
  private var released = 0

  init(_ number: Int, of updates: NumberedUpdates, over link: FlakyLink, in folder: URL) throws {
    self.number = number
    self.updates = updates
    acknowledgements = Acknowledgements(of: updates)
    process = try ChildProcess(
      ["add-updates", "--unchecked", "--timeout", "10m", "/" + chaosBranch.inst] + link.options,
      errors: folder.appendingPathComponent("writer-\(number).log")
    ) { [weak self] in self?.take($0) }
  }

  func release(upTo count: Int) {
    guard count > released else { return }
    process?.write(
      (released..<count).map { updates.text(number, $0) + "\n" }.joined())
    released = count
  }

  private func take(_ line: UnsafeRawBufferPointer) {
    guard let value = try? JSONValue(parsing: line), value["type"]?.stringValue == "ack",
      let id = value["updateId"]?.intValue, let tries = value["tries"]?.intValue
    else {
      return acknowledgements.fail("no ack: \(String(decoding: line.prefix(200), as: UTF8.self))")
    }
    acknowledgements.add(number: id - 1, updateID: id, tries: tries)
  }

  func end() async throws {
    guard let process else { return }
    process.closeInput()
    try await within(milliseconds: 30_000, "add-updates did not end: \(process.lastErrors)") {
      process.ended.isFulfilled
    }
    let status = await process.ended.get()
    guard status == 0 else {
      throw ChaosFailure("add-updates ended with \(status): \(process.lastErrors)")
    }
  }

  func abandon() { process?.signal(SIGKILL) }

  var residentBytes: Int? { process?.residentBytes }
}
