import Glibc
import InstDocument
import JSONText
import Transport

/// What `add-updates` is to send: from arguments, from lines, or from an `.aux` file.
@EventLoop
final class AddInput {
  /// Servers refuse frames above 100 MiB.
  private nonisolated static let lineLimit = 100 << 20

  private enum Source {
    /// All that there is, with the size of each as it was given.
    case known([(updates: [String], size: Int)])
    case lines(LineReader)
  }

  private let source: Source
  private let checks: Bool
  private var number = 0
  private var readBytes = 0
  /// How large all of it is; nil where nobody knows.
  private let totalBytes: Int?

  /// How much of it has been read, from 0 to 1; nil where its size is not known.
  var readShare: Double? {
    totalBytes.map { $0 == 0 ? 1 : min(1, Double(readBytes) / Double($0)) }
  }

  /// Arguments, each one update in base64 or an object with updates. All are read before any is sent.
  convenience init(arguments: [String], checks: Bool) throws(Failure) {
    try self.init(arguments, each: "argument", checks: checks)
  }

  /// The updates of a file. All are read before any is sent.
  convenience init(_ updates: [String], checks: Bool) throws(Failure) {
    try self.init(updates, each: "update", checks: checks)
  }

  private init(_ texts: [String], each place: String, checks: Bool) throws(Failure) {
    var known: [(updates: [String], size: Int)] = []
    for (index, text) in texts.enumerated() {
      let updates = try Self.updates(
        of: Array(text.utf8), at: place, index + 1, checks: checks)
      if let updates { known.append((updates, text.utf8.count)) }
    }
    source = .known(known)
    totalBytes = known.reduce(0) { $0 + $1.size }
    self.checks = checks
  }

  /// The lines of a file or of stdin.
  init(descriptor: Int32, checks: Bool) {
    source = .lines(LineReader(descriptor: descriptor, limit: Self.lineLimit))
    totalBytes = Self.size(of: descriptor)
    self.checks = checks
  }

  /// What is left of a file; nil for anything else.
  private static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return max(0, Int(status.st_size) - max(0, lseek(descriptor, 0, SEEK_CUR)))
  }

  /// The updates of the next line or argument that has some; nil at the end.
  func next() async throws(Failure) -> [String]? {
    switch source {
    case .known(let known):
      guard number < known.count else { return nil }
      number += 1
      readBytes += known[number - 1].size
      return known[number - 1].updates
    case .lines(let reader):
      while let line = try await nextLine(reader) {
        if let updates = try Self.updates(of: line, at: "line", number, checks: checks) {
          return updates
        }
      }
      return nil
    }
  }

  private func nextLine(_ reader: LineReader) async throws(Failure) -> [UInt8]? {
    number += 1
    switch await reader.next() {
    case .line(let line):
      readBytes += line.count + 1
      return line
    case .end, .cancelled: return nil
    case .tooLong(let limit):
      throw .badInput(
        "line \(number) is longer than \(limit) bytes", facts: Self.facts(number))
    case .failed(let code):
      throw Failure(
        code: "read_failed", layer: .io, message: "reading failed: \(systemMessage(code))",
        exit: .inputOutput)
    }
  }

  /// What a line or an argument holds; nil where it holds nothing.
  private static func updates(
    of text: [UInt8], at place: String, _ number: Int, checks: Bool
  ) throws(Failure) -> [String]? {
    switch UpdateInput(text, checks: checks) {
    case .nothing: return nil
    case .updates(let updates): return updates
    case .bad(let reason):
      throw .badInput(
        "\(place) \(number): \(reason)",
        hint:
          "each line is one Yjs update in base64, or a JSON object with updates; --unchecked sends "
          + "what is none",
        facts: facts(number))
    }
  }

  private static func facts(_ number: Int) -> [JSONMember] {
    [JSONMember(name: "line", value: JSONValue(number))]
  }
}
