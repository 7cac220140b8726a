import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// Types of the lines of `watch`.
struct WatchLineTypes: OptionSet, ExpressibleByArgument, Sendable {
  let rawValue: UInt16

  static let connection = WatchLineTypes(rawValue: 1)
  static let updates = WatchLineTypes(rawValue: 2)
  static let sync = WatchLineTypes(rawValue: 4)
  static let action = WatchLineTypes(rawValue: 8)
  static let error = WatchLineTypes(rawValue: 16)
  static let rateLimit = WatchLineTypes(rawValue: 32)
  static let message = WatchLineTypes(rawValue: 64)
  static let decoded = WatchLineTypes(rawValue: 128)
  static let bot = WatchLineTypes(rawValue: 256)
  static let change = WatchLineTypes(rawValue: 512)
  static let all: WatchLineTypes = [
    .connection, .updates, .sync, .action, .error, .rateLimit, .message, .decoded, .bot, .change,
  ]

  private static let names: [String: WatchLineTypes] = [
    "connection": .connection, "updates": .updates, "sync": .sync, "action": .action,
    "error": .error, "rate_limit": .rateLimit, "message": .message,
    "decoded": .decoded, "bot": .bot, "change": .change,
  ]

  static var allNames: [String] { names.keys.sorted() }
}

extension WatchLineTypes {
  /// Names with commas between them.
  init?(argument: String) {
    var types: WatchLineTypes = []
    for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let type = Self.names[String(name)] else { return nil }
      types.insert(type)
    }
    self = types
  }
}

/// The lines of `watch` that are about one branch, or about none.
@EventLoop
final class WatchLines {
  private let run: CommandRun
  private let output: StandardOutput
  private let types: WatchLineTypes

  private let updatesHead: LineHead
  private let syncHead: LineHead
  private let actionHead: LineHead
  private let errorHead: LineHead
  private let connectionHead = LineHead("\"type\":\"connection\"")
  private let rateLimitHead = LineHead("\"type\":\"rate_limit\"")
  private let messageHead = LineHead("\"type\":\"message\"")

  /// - Parameters:
  ///   - types: the types that are printed; lines of others are not.
  ///   - address: the branch that the lines name; nil for lines about the connection.
  init(_ run: CommandRun, types: WatchLineTypes, _ address: BranchAddress? = nil) {
    self.run = run
    output = run.output
    self.types = types
    updatesHead = LineHead("\"type\":\"updates\"", address)
    syncHead = LineHead("\"type\":\"sync\"", address)
    actionHead = LineHead("\"type\":\"action\"", address)
    errorHead = LineHead("\"type\":\"error\"", address)
  }

  /// Whether lines of the type are wanted, and still wanted.
  private func prints(_ type: WatchLineTypes) -> Bool {
    types.contains(type) && !run.isEnding && output.ended == nil
  }

  func flush() { output.flush() }

  // MARK: Of a branch

  func updates(_ updates: BranchUpdates) {
    guard prints(.updates) else { return }
    if updates.isPlain, updates.updates.count >= StandardOutput.straightOutSize {
      output.beginLine(updatesHead)
      output.writer.key("updates")
      output.straightOut(updates.updates)
      output.writer.members(behind: updates)
      output.endLine()
    } else {
      output.line(updatesHead) { writer in
        writer.key("updates")
        writer.passThrough(updates.updates, isPlain: updates.isPlain)
        writer.members(behind: updates)
      }
    }
  }

  func sync() {
    guard prints(.sync) else { return }
    output.line(syncHead) { writer in
      writer.key("complete")
      writer.bool(true)
    }
  }

  func action(_ action: UnsafeRawBufferPointer) {
    guard prints(.action) else { return }
    output.line(actionHead) { writer in
      writer.key("action")
      writer.passThrough(action)
    }
  }

  func error(_ error: BranchError) {
    switch error {
    case .error(let info): self.error(info)
    case .permissionDenied(let info): self.error(info, kind: "permission_denied")
    case .maxSizeReached(let maximum, let needed):
      errorLine(kind: "max_size_reached") { writer in
        for fact in Failure.sizes(maximum: maximum, needed: needed) {
          writer.key(string: fact.name)
          writer.value(fact.value)
        }
      }
    }
  }

  /// A server's error.
  func error(_ info: ErrorInfo, kind: String = "error") {
    errorLine(kind: kind) { $0.errorMembers(info) }
  }

  /// What ended the branch's connection for good.
  func error(_ failure: Failure) {
    errorLine(kind: "error") { writer in
      writer.key("errorCode")
      writer.string(failure.code)
      writer.key("errorMessage")
      writer.string(failure.message)
    }
  }

  private func errorLine(kind: String, _ members: (inout JSONWriter) -> Void) {
    guard prints(.error) else { return }
    output.line(errorHead) { writer in
      writer.key("kind")
      writer.string(kind)
      members(&writer)
    }
    flush()
  }

  // MARK: Of none

  /// - Parameter owner: the inst that the connection is for alone, where there are several
  ///   connections: nil for the one that the public insts share.
  func connection(_ state: ConnectionState, of owner: InstAddress??) {
    guard prints(.connection) else { return }
    output.line(connectionHead) { writer in
      writer.stateMembers(state)
      if let owner { writer.ownerMembers(owner) }
    }
    flush()
  }

  func rateLimit(milliseconds: Int64) {
    guard prints(.rateLimit) else { return }
    output.line(rateLimitHead) { writer in
      writer.key("retryAfterMs")
      writer.number(Int(milliseconds))
    }
    flush()
  }

  func message(_ message: UnsafeRawBufferPointer) {
    guard prints(.message) else { return }
    output.line(messageHead) { writer in
      writer.key("message")
      writer.passThrough(message)
    }
    flush()
  }
}

// MARK: - Members

extension JSONWriter {
  /// The members of a line that follow the updates themselves.
  fileprivate mutating func members(behind updates: BranchUpdates) {
    if let timestamps = updates.timestamps {
      key("timestamps")
      passThrough(timestamps, isPlain: updates.isPlain)
    }
    if updates.isInitial { literal("\"initial\":true") } else { literal("\"initial\":false") }
    if updates.isReplay { literal("\"replay\":true") }
    if let message = updates.messageWithOtherFields { otherFields(of: message) }
  }

  /// Fields that only the server knows the meaning of.
  private mutating func otherFields(of message: UnsafeRawBufferPointer) {
    let known = ["type", "recordName", "inst", "branch", "updates", "timestamps", "initial"]
    guard let value = try? JSONValue(parsing: message) else { return }
    for member in value.objectValue ?? [] where !known.contains(member.name) {
      key(string: member.name)
      self.value(member.value)
    }
  }

  fileprivate mutating func stateMembers(_ state: ConnectionState) {
    key("state")
    string(state.phase.rawValue)
    key("connected")
    bool(state.isConnected)
    if let attempt = state.attempt {
      key("attempt")
      number(attempt)
    }
    if let wait = state.retryInMilliseconds {
      key("retryInMs")
      number(Int(wait))
    }
    if let reason = state.reason {
      key("reason")
      string(SecretMask.text(reason))
    }
    if let code = state.closeCode {
      key("closeCode")
      number(code)
    }
  }

  fileprivate mutating func ownerMembers(_ owner: InstAddress?) {
    key("recordName")
    if let record = owner?.recordName { string(record) } else { null() }
    key("inst")
    if let inst = owner?.inst { string(inst) } else { null() }
  }

  /// The members that tell of a server's error.
  mutating func errorMembers(_ info: ErrorInfo) {
    key("errorCode")
    string(info.errorCode.rawValue)
    key("errorMessage")
    string(SecretMask.text(info.errorMessage))
    if let reason = info.reason {
      key("reason")
      value(SecretMask.masked(reason.value))
    }
    if let issues = info.issues {
      key("issues")
      passThrough(issues)
    }
  }
}
