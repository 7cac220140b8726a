import Foundation
import Glibc
import Transport
import WebSocket

/// `instctl` as a process of its own, whose lines are read on the event loop.
@EventLoop
final class ChildProcess {
  let identifier: pid_t
  /// How it ended: an exit status, or 128 and a signal.
  let ended = Promise<Int32>()
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let inputQueue = DispatchQueue(label: "stdin of a program")
  private var lines: LineReader?
  /// What it says on stderr.
  private let errorFile: URL

  /// The program in the folder that the environment names, else the one beside the test bundle, where
  /// SwiftPM puts everything.
  private static let executable: URL = {
    let given = ProcessInfo.processInfo.environment["INSTCTL_TEST_PROGRAMS"] ?? ""
    guard given.isEmpty else {
      return URL(fileURLWithPath: given).appendingPathComponent("instctl")
    }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: link ?? CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("instctl")
  }()

  /// - Parameters:
  ///   - errors: a file to which stderr is appended.
  ///   - onLine: called with each line of stdout.
  init(
    _ arguments: [String], errors: URL,
    onLine: @escaping @EventLoop (UnsafeRawBufferPointer) -> Void
  ) throws {
    // A program that ends before it has read its input must not end the tests.
    Glibc.signal(SIGPIPE, SIG_IGN)
    errorFile = errors
    if !FileManager.default.fileExists(atPath: errors.path) {
      try Data().write(to: errors)
    }
    let errorHandle = try FileHandle(forWritingTo: errors)
    try errorHandle.seekToEnd()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.filter {
      !$0.key.hasPrefix("INSTCTL_")
    }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errorHandle
    let ended = self.ended
    process.terminationHandler = { process in
      let status = process.terminationStatus
      let isSignal = process.terminationReason == .uncaughtSignal
      EventLoop.start { ended.fulfil(isSignal ? 128 + status : status) }
    }
    try process.run()
    identifier = process.processIdentifier
    try errorHandle.close()
    lines = try LineReader(output.fileHandleForReading.fileDescriptor, onLine)
  }

  /// Sends text to its stdin, in order, without waiting.
  func write(_ text: String) {
    let handle = input.fileHandleForWriting
    inputQueue.async { try? handle.write(contentsOf: Data(text.utf8)) }
  }

  func closeInput() {
    let handle = input.fileHandleForWriting
    inputQueue.async { try? handle.close() }
  }

  func signal(_ signal: Int32) {
    if !ended.isFulfilled { kill(identifier, signal) }
  }

  /// The end of what it has said on stderr.
  var lastErrors: String {
    let text = (try? Data(contentsOf: errorFile)) ?? Data()
    return String(decoding: text.suffix(1000), as: UTF8.self)
  }

  /// Pages that it has in memory, in bytes; nil when it is gone.
  var residentBytes: Int? { ended.isFulfilled ? nil : residentMemory(of: identifier) }
}

/// What a process has in memory, in bytes.
func residentMemory(of process: pid_t) -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else {
    return nil
  }
  return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    .map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
}

/// Reads a pipe line by line.
@EventLoop
private final class LineReader: ReadinessHandler {
  private let descriptor: Int32
  private let onLine: @EventLoop (UnsafeRawBufferPointer) -> Void
  private var registration: Reactor.Registration?
  private var rest: [UInt8] = []

  init(
    _ descriptor: Int32, _ onLine: @escaping @EventLoop (UnsafeRawBufferPointer) -> Void
  ) throws {
    self.descriptor = descriptor
    self.onLine = onLine
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    registration = try Reactor.shared.add(descriptor, .readable, self)
  }

  func ready(_ readiness: Readiness) {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 256 << 10) { space, count in
      let got = read(descriptor, space.baseAddress, space.count)
      code = got < 0 ? errno : 0
      count = max(0, got)
    }
    if code == EAGAIN || code == EINTR { return }
    if bytes.isEmpty {
      if let registration { Reactor.shared.remove(registration) }
      registration = nil
      return
    }
    let seen = rest.count
    rest += bytes
    giveLines(startingAt: seen)
  }

  private func giveLines(startingAt seen: Int) {
    let given = rest.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return 0 }
      var (start, search) = (0, seen)
      while let end = memchr(base + search, Int32(UInt8(ascii: "\n")), all.count - search) {
        let place = UnsafeRawPointer(end) - base
        onLine(UnsafeRawBufferPointer(rebasing: all[start..<place]))
        start = place + 1
        search = start
      }
      return start
    }
    rest = given == rest.count ? [] : Array(rest[given...])
  }
}
