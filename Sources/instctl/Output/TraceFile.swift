import Glibc
import JSONText
import Transport
import WebSocket

/// The file of `--trace`: whole lines, added to what other runs have left there, and written out as soon as
/// no more input is waiting, so that others can read it while it grows.
@EventLoop
final class TraceFile {
  private let path: String
  private let descriptor: Int32
  private let begin = MonotonicTime.current()
  private var writer = JSONWriter(capacity: 64 * 1024)
  private var isFlushDue = false
  private var failure: Failure?

  /// More than this is written at once.
  private static let flushSize = 64 * 1024
  /// How every trace begins.
  private static let beginning = #"{"type":"trace""#

  // MARK: The files of this process

  private static var files: [String: TraceFile] = [:]
  /// Told of the first failure.
  static var onFailure: (@EventLoop (Failure) -> Void)?

  /// The file at a path, which all connections of the process share.
  ///
  /// - Parameter path: `-` is stderr.
  static func at(_ path: String) throws(Failure) -> TraceFile {
    if let file = files[path] { return file }
    let file = try TraceFile(path)
    files[path] = file
    file.line("trace", TraceFormat.heading)
    return file
  }

  /// Says how the run ends, and writes out what is left.
  ///
  /// - Returns: The first failure, if there was one.
  static func finish(_ status: ExitStatus) -> Failure? {
    for file in files.values {
      file.line("end") { writer in
        writer.key("exit")
        writer.number(Int(status.rawValue))
      }
      file.flush()
    }
    return files.values.lazy.compactMap(\.failure).first
  }

  // MARK: One file

  private init(_ path: String) throws(Failure) {
    self.path = path
    guard path != "-" else {
      descriptor = STDERR_FILENO
      return
    }
    let flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY
    var opened = open(path, O_RDWR | flags, 0o600)
    // Of a file that may not be read nothing can be known.
    if opened < 0, errno == EACCES { opened = open(path, O_WRONLY | flags, 0o600) }
    guard opened >= 0 else { throw Self.failure(path, systemMessage(errno)) }
    descriptor = opened
    guard let content = Self.content(of: opened) else { return }
    guard content.isTrace else {
      close(opened)
      throw Self.failure(
        path, "it has something else than a trace",
        hint: "--trace adds to traces, and replaces nothing")
    }
    // A run that was killed may have left half a line.
    if !content.endsWithLine { writer.finishLine() }
  }

  /// What is in a file already; nil for nothing, or for what is no regular file.
  private static func content(of file: Int32) -> (isTrace: Bool, endsWithLine: Bool)? {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      return nil
    }
    var start = [UInt8](repeating: 0, count: beginning.utf8.count)
    let count = pread(file, &start, start.count, 0)
    // It cannot be read.
    if count < 0 { return (true, true) }
    var last: UInt8 = 0
    pread(file, &last, 1, status.st_size - 1)
    return (start.elementsEqual(beginning.utf8), last == UInt8(ascii: "\n"))
  }

  private static func failure(_ path: String, _ reason: String, hint: String? = nil) -> Failure {
    Failure(
      code: "write_failed", layer: .io,
      message: "the trace \(path == "-" ? "on stderr" : "'\(path)'") cannot be written: \(reason)",
      hint: hint, exit: .inputOutput)
  }

  /// Adds a line: type, time, run and elapsed time, and what `members` writes.
  func line(_ type: StaticString, _ members: (inout JSONWriter) -> Void) {
    guard failure == nil else { return }
    writer.beginObject()
    writer.key("type")
    writer.string(type.description)
    writer.key("time")
    writer.string(Timestamp.now().text)
    writer.key("run")
    writer.number(Int(getpid()))
    writer.key("elapsedMs")
    writer.milliseconds(MonotonicTime.current().nanoseconds(since: begin))
    members(&writer)
    writer.endObject()
    writer.finishLine()
    if writer.count >= Self.flushSize { return flush() }
    guard !isFlushDue else { return }
    isFlushDue = true
    Reactor.shared.atEndOfTurn { [self] in
      isFlushDue = false
      flush()
    }
  }

  /// Writes out whole lines.
  private func flush() {
    guard failure == nil else { return }
    let code = writer.withUnsafeBytes { Self.write($0, to: descriptor) }
    // One huge line must not keep its room for good.
    writer.removeAll(keepingCapacity: writer.count <= 1 << 20)
    // Nobody reads stderr any more: that is no more than with other diagnostics.
    guard code != 0, path != "-" else { return }
    let failure = Self.failure(path, systemMessage(code))
    self.failure = failure
    Self.onFailure?(failure)
  }

  /// Writes all of it; 0, or an `errno`.
  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno != EINTR { return errno }
      rest = rest.dropFirst(max(0, count))
    }
    return 0
  }
}

extension Settings {
  /// The file of `--trace`, if there is one and the command has something for it.
  @EventLoop
  func traceFile() throws(Failure) -> TraceFile? {
    guard isOnline, let path = trace?.value else { return nil }
    return try TraceFile.at(path)
  }
}

extension JSONWriter {
  /// Writes nanoseconds as milliseconds with six decimals.
  mutating func milliseconds(_ nanoseconds: Int64) {
    let nanoseconds = max(nanoseconds, 0)
    let fraction = String(nanoseconds % 1_000_000)
    let zeros = String(repeating: "0", count: 6 - fraction.utf8.count)
    raw(Array("\(nanoseconds / 1_000_000).\(zeros)\(fraction)".utf8))
  }
}
