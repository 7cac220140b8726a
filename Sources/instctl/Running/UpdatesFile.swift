import InstDocument
import JSONText
import Transport

/// A file, or stdin, that holds updates: lines in base64, lines of JSON as commands print them, one
/// binary update, or an `.aux` file. Which it is shows by the first bytes.
@EventLoop
struct UpdatesFile {
  /// Servers refuse frames above 100 MiB; files may hold many.
  private nonisolated static let limit = AuxFile.defaultLimit

  private let file: String
  private let reader: LineReader
  private let computation = LongComputation()

  /// - Parameter file: `-` for stdin.
  init(_ file: String) throws(Failure) {
    self.file = file
    reader = LineReader(descriptor: try InputFile.descriptor(of: file), limit: Self.limit)
  }

  /// Reads all updates as they come.
  ///
  /// - Throws: ``Failure`` where the file cannot be read, or is none of these. A line that holds no
  ///   update is an update that is unreadable.
  func read(_ body: @EventLoop (FoundUpdate) async throws(Failure) -> Void) async throws(Failure) {
    guard let first = try bytes(of: await reader.peek()), !first.isEmpty else { return }
    if Self.isText(first) {
      try await readLines(body)
    } else if let all = try bytes(of: await reader.rest()) {
      try await body(FoundUpdate(content: .bytes(all), place: "the update"))
    }
  }

  /// All of it, as it is.
  func whole() async throws(Failure) -> [UInt8] { try bytes(of: await reader.rest()) ?? [] }

  /// An update has control characters: its clocks and counts are mostly small.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    let isJSON = bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
    return bytes.allSatisfy { byte in
      switch byte {
      case 0x09, 0x0A, 0x0D, 0x20...0x7E: true
      case 0x80...: isJSON
      default: false
      }
    }
  }

  private func readLines(
    _ body: @EventLoop (FoundUpdate) async throws(Failure) -> Void
  ) async throws(Failure) {
    var number = 0
    var isFirst = true
    while !Task.isCancelled, let line = try bytes(of: await reader.next()) {
      number += 1
      switch UpdatesLine(line, number: number) {
      case .nothing: continue
      case .updates(let updates):
        for update in updates {
          try await body(update)
          await computation.pause()
        }
      case .object:
        guard isFirst else {
          try await body(unreadable("the object has neither updates nor a type", number))
          continue
        }
        let rest = try bytes(of: await reader.rest()) ?? []
        return try await readAux(line + [UInt8(ascii: "\n")] + rest, body)
      case .unreadable(let reason): try await body(unreadable(reason, number))
      }
      isFirst = false
    }
  }

  private func unreadable(_ reason: String, _ line: Int) -> FoundUpdate {
    FoundUpdate(content: .unreadable(reason: reason), place: "line \(line)")
  }

  private func readAux(
    _ text: [UInt8], _ body: @EventLoop (FoundUpdate) async throws(Failure) -> Void
  ) async throws(Failure) {
    let aux: AuxFile
    do throws(AuxError) { aux = try AuxFile(reading: text, limit: Self.limit) } catch {
      throw Failure(error, in: file)
    }
    switch aux {
    case .updates(let updates):
      for (index, update) in updates.updates.enumerated() {
        try await body(
          FoundUpdate(
            content: .init(base64: update.base64), place: "update \(index)", id: update.id,
            timestamp: update.timestamp, others: update.others))
        await computation.pause()
      }
    case .state(let state):
      // It holds no updates: what comes is the one that makes its bots.
      var document = BotsDocument(clientID: Self.clientID(of: text))
      if let update = try document.add(state, of: file) {
        try await body(FoundUpdate(content: .bytes(update), place: "the state"))
      }
    }
  }

  /// Who makes the bots of a file: the same for the same text, so that it can be compared, and another one
  /// for another text, since the clocks of one client may say one thing only (FNV-1a).
  private static func clientID(of text: [UInt8]) -> Int {
    let hash = text.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return Int((hash ^ hash >> 32) % UInt64(UInt32.max)) + 1
  }

  /// The bytes that were read; nil at the end.
  private func bytes(of outcome: LineReader.Outcome) throws(Failure) -> [UInt8]? {
    switch outcome {
    case .line(let bytes): return bytes
    case .end, .cancelled: return nil
    case .tooLong(let limit):
      throw .badInput("\(InputFile.name(file)) is longer than \(limit) bytes")
    case .failed(let code):
      throw Failure(
        code: "read_failed", layer: .io,
        message: "reading \(InputFile.name(file)) failed: \(systemMessage(code))",
        exit: .inputOutput)
    }
  }
}

extension Failure {
  /// What is no `.aux` file.
  init(_ error: AuxError, in file: String) {
    self = .badInput(
      "\(InputFile.name(file)) is no .aux file: \(error)",
      facts: [JSONMember(name: "offset", value: JSONValue(error.offset))])
  }
}

extension BotsDocument {
  /// Adds the bots of a file; gives the update that does so, nil where they are there already.
  mutating func add(_ state: AuxState, of file: String) throws(Failure) -> [UInt8]? {
    let edits: [BotEdit]
    do throws(AuxMaskError) { edits = try state.edits() } catch {
      throw .badInput(
        "\(InputFile.name(file)): \(error)",
        hint: "a branch has room for one; --space says which")
    }
    guard edits.allSatisfy(\.isWhole) else { throw .noNumber(in: InputFile.name(file)) }
    do throws(BotEditError) { return try edit(edits) } catch {
      throw .badInput("\(InputFile.name(file)): \(error)")
    }
  }
}
