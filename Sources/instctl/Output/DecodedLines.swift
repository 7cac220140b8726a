import InstDocument
import InstProtocol
import JSONText
import Transport
import Yjs

/// Lines that tell what updates say: of type `decoded`, one for each update.
@EventLoop
final class DecodedLines {
  /// The document that the updates have made so far.
  private(set) var follower: BotsFollower
  /// How many updates could not be decoded.
  private(set) var undecodableCount = 0

  private let run: CommandRun
  private let head: LineHead
  private let computation = LongComputation()
  private var count = 0
  private var isFlushDue = false

  /// - Parameters:
  ///   - address: the branch that the lines name; nil where they come from a file.
  init(_ run: CommandRun, _ address: BranchAddress?) {
    self.run = run
    head = LineHead("\"type\":\"decoded\"", address)
    follower = BotsFollower()
  }

  /// Begins with a document that is there already.
  func follow(_ document: BotsDocument) { follower = BotsFollower(document) }

  /// Decodes an update, and prints its line unless nobody wants it; gives the changes that it makes, nil
  /// where it is none.
  @discardableResult
  func decode(_ found: FoundUpdate, prints: Bool = true) -> [BotChange]? {
    let index = count
    count += 1
    switch found.content {
    case .unreadable(let reason):
      if prints { printError(found, index, reason, offset: nil) }
    case .bytes(let bytes):
      do throws(YjsError) {
        let update = try Update(decoding: bytes)
        let changes = try follower.applyUpdate(bytes)
        if prints { print(found, index, bytes.count, update, changes) }
        return changes
      } catch {
        if prints { printError(found, index, "\(error.reason)", offset: error.offset) }
      }
    }
    undecodableCount += 1
    return nil
  }

  /// Prints the lines of some updates in base64.
  func tell(_ updates: [String]) {
    for update in updates {
      guard computation.goesOn(in: run) else { return }
      decode(FoundUpdate(content: .init(base64: update), place: "update \(count)"))
    }
    flushSoon()
  }

  private func print(
    _ found: FoundUpdate, _ index: Int, _ size: Int, _ update: Update, _ changes: [BotChange]
  ) {
    run.output.line(head) { writer in
      writer.members(of: found, index)
      writer.key("sizeBytes")
      writer.number(size)
      writer.members(of: update)
      writer.key("changes")
      writer.beginArray()
      for change in changes {
        writer.beginObject()
        writer.members(of: change)
        writer.endObject()
      }
      writer.endArray()
      writer.key("waiting")
      writer.bool(follower.document.document.hasPending)
    }
  }

  private func printError(_ found: FoundUpdate, _ index: Int, _ reason: String, offset: Int?) {
    run.output.line(head) { writer in
      writer.members(of: found, index)
      if case .bytes(let bytes) = found.content {
        writer.key("sizeBytes")
        writer.number(bytes.count)
      }
      writer.key("decodeError")
      writer.beginObject()
      writer.key("message")
      writer.string(reason)
      writer.key("place")
      writer.string(found.place)
      writer.key("offset")
      if let offset { writer.number(offset) } else { writer.null() }
      writer.endObject()
    }
  }

  /// Has the lines written out as soon as no more input is waiting.
  func flushSoon() {
    if isFlushDue { return }
    isFlushDue = true
    Reactor.shared.atEndOfTurn { [self] in
      isFlushDue = false
      run.output.flush()
    }
  }

  /// What a command has to say at its end of updates that could not be decoded.
  func finish() throws(Failure) {
    guard undecodableCount > 0 else { return }
    throw .undecodable(
      "\(undecodableCount) of \(count) updates could not be decoded",
      hint: "their lines have a decodeError", count: undecodableCount)
  }
}

extension JSONWriter {
  fileprivate mutating func members(of found: FoundUpdate, _ index: Int) {
    key("index")
    number(index)
    if let id = found.id {
      key("id")
      value(id)
    }
    if let timestamp = found.timestamp {
      key("timestamp")
      value(timestamp)
    }
  }
}

extension Failure {
  /// Updates that are none.
  static func undecodable(_ message: String, hint: String?, count: Int = 1) -> Failure {
    Failure(
      code: "undecodable_update", layer: .io, message: message, hint: hint, exit: .badInput,
      facts: [JSONMember(name: "updates", value: JSONValue(count))])
  }
}
