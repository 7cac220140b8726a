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
    case texts([String], place: String)
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

  /// Arguments, each one update in base64 or an object with updates.
  init(arguments: [String], checks: Bool) {
    source = .texts(arguments, place: "argument")
    totalBytes = arguments.reduce(0) { $0 + $1.utf8.count }
    self.checks = checks
  }

  /// The updates of a file.
  init(_ updates: [String], checks: Bool) {
    source = .texts(updates, place: "update")
    totalBytes = updates.reduce(0) { $0 + $1.utf8.count }
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
    while let (text, place) = try await nextText() {
      switch UpdateInput(text, checks: checks) {
      case .nothing: continue
      case .updates(let updates): return updates
      case .bad(let reason):
        throw .badInput(
          "\(place) \(number): \(reason)",
          hint:
            "each line is one Yjs update in base64, or a JSON object with updates; --unchecked sends "
            + "what is none",
          facts: facts)
      }
    }
    return nil
  }

  private func nextText() async throws(Failure) -> (text: [UInt8], place: String)? {
    number += 1
    switch source {
    case .texts(let texts, let place):
      guard number <= texts.count else { return nil }
      readBytes += texts[number - 1].utf8.count
      return (Array(texts[number - 1].utf8), place)
    case .lines(let reader):
      switch await reader.next() {
      case .line(let line):
        readBytes += line.count + 1
        return (line, "line")
      case .end, .cancelled: return nil
      case .tooLong(let limit):
        throw .badInput("line \(number) is longer than \(limit) bytes", facts: facts)
      case .failed(let code):
        throw Failure(
          code: "read_failed", layer: .io, message: "reading failed: \(systemMessage(code))",
          exit: .inputOutput)
      }
    }
  }

  private var facts: [JSONMember] { [JSONMember(name: "line", value: JSONValue(number))] }
}
