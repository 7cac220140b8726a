import Foundation
import Glibc
import InstClient
import InstProtocol
import Transport
import WebSocket

/// Follows the branch, and keeps what it has seen.
@EventLoop
protocol Watcher: AnyObject {
  var sightings: Sightings { get }
  var problem: String? { get }
  /// Ends the watch in order.
  func end() async throws
  /// Ends it in any case.
  func abandon()
}

/// A watcher that uses the library.
@EventLoop
final class LibraryWatcher: Watcher, BranchWatcher {
  private(set) var sightings: Sightings
  private(set) var problem: String?
  private let client: InstRecordsClient
  private var isOver = false

  init(of updates: NumberedUpdates, over link: FlakyLink) throws {
    sightings = Sightings(of: updates)
    client = try .impatient(link.url, name: "watcher", compresses: true)
    client.watchBranchUpdates(chaosBranch, watcher: self)
    client.connect()
  }

  func received(_ updates: BranchUpdates) { sightings.add(array: updates.updates) }
  func received(_ error: BranchError, isFinal: Bool) { problem = problem ?? "\(error)" }
  func received(action frame: ReceivedFrame) { problem = problem ?? "an action" }
  func ended() { if !isOver { problem = problem ?? "the watch has ended" } }
  func connectionChanged(to state: ConnectionState) {}
  func synced() {}
  func receivedAll() {}

  func end() async throws {
    abandon()
    await client.finished()
  }

  func abandon() {
    isOver = true
    client.disconnect()
  }
}

/// A watcher that is `instctl watch`.
@EventLoop
final class ProgramWatcher: Watcher {
  private(set) var sightings: Sightings
  private(set) var problem: String?
  private var process: ChildProcess?

  init(of updates: NumberedUpdates, over link: FlakyLink, in folder: URL) throws {
    sightings = Sightings(of: updates)
    process = try ChildProcess(
      ["watch", "/" + chaosBranch.inst] + link.options,
      errors: folder.appendingPathComponent("watcher.log")
    ) { [weak self] in self?.take($0) }
  }

  /// A line begins with its type, and what follows `updates` is read as far as its end.
  private func take(_ line: UnsafeRawBufferPointer) {
    let type = String(decoding: line.prefix(20), as: UTF8.self)
    if type.hasPrefix(#"{"type":"updates""#) {
      // The state may be long: only its beginning is read byte by byte.
      guard let bracket = line.prefix(300).firstIndex(of: UInt8(ascii: "[")) else {
        problem = problem ?? "a line without updates"
        return
      }
      sightings.add(array: UnsafeRawBufferPointer(rebasing: line[bracket...]))
    } else if !type.hasPrefix(#"{"type":"connection""#), !type.hasPrefix(#"{"type":"sync""#) {
      problem = problem ?? String(decoding: line.prefix(300), as: UTF8.self)
    }
  }

  func end() async throws {
    guard let process else { return }
    process.signal(SIGTERM)
    try await within(milliseconds: 30_000, "watch did not end: \(process.lastErrors)") {
      process.ended.isFulfilled
    }
    let status = await process.ended.get()
    guard status == 128 + SIGTERM else {
      throw ChaosFailure("watch ended with \(status): \(process.lastErrors)")
    }
  }

  func abandon() { process?.signal(SIGKILL) }

  var residentBytes: Int? { process?.residentBytes }
}
