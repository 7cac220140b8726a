import Foundation
import Testing

/// The programs that the build has made.
enum Programs {
  /// Beside the test bundle, where SwiftPM puts everything.
  static let folder: URL = {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: link ?? CommandLine.arguments[0]).deletingLastPathComponent()
  }()

  static var instctl: URL { folder.appendingPathComponent("instctl") }
}

/// A running program with its pipes.
final class Program: @unchecked Sendable {
  // `@unchecked`: everything that changes is behind `lock`.
  private let process = Process()
  private let input: (read: FileHandle, write: FileHandle)
  private let lock = NSCondition()
  private var output = Data()
  private var errors = Data()
  private var openPipes = 2

  static let deadline: TimeInterval = 30

  init(
    _ arguments: [String], executable: URL = Programs.instctl,
    environment: [String: String] = [:], stdin: StandardInput = .closed
  ) throws {
    input = try Self.pipe()
    process.executableURL = executable
    process.arguments = arguments
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("INSTCTL_") }
    all["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = all.merging(environment) { $1 }
    let outputPipe = try Self.pipe()
    let errorPipe = try Self.pipe()
    process.standardOutput = outputPipe.write
    process.standardError = errorPipe.write
    switch stdin {
    case .closed: process.standardInput = FileHandle.nullDevice
    case .open, .text: process.standardInput = input.read
    }
    for (pipe, isOutput) in [(outputPipe, true), (errorPipe, false)] {
      pipe.read.readabilityHandler = { [self] handle in
        let data = handle.availableData
        lock.withLock {
          if data.isEmpty {
            openPipes -= 1
            handle.readabilityHandler = nil
          } else if isOutput {
            output += data
          } else {
            errors += data
          }
          lock.broadcast()
        }
      }
    }
    try process.run()
    try outputPipe.write.close()
    try errorPipe.write.close()
    try input.read.close()
    if case .text(let text) = stdin {
      write(text)
      closeInput()
    }
  }

  /// A pipe that other programs, started at the same time, do not inherit: its end would not be seen
  /// before theirs.
  private static func pipe() throws -> (read: FileHandle, write: FileHandle) {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw POSIXError(.EMFILE) }
    return (
      FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
      FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    )
  }

  enum StandardInput {
    case closed, open
    case text(String)
  }

  var identifier: Int32 { process.processIdentifier }

  func write(_ text: String) {
    try? input.write.write(contentsOf: Data(text.utf8))
  }

  func closeInput() { try? input.write.close() }

  func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// The lines printed so far.
  var lines: [[String: Any]] { lock.withLock { Self.objects(output) } }

  /// Waits until `isThere` holds for the lines printed so far.
  @discardableResult
  func wait(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    until isThere: ([[String: Any]]) -> Bool
  ) -> [[String: Any]] {
    let end = Date(timeIntervalSinceNow: Self.deadline)
    lock.lock()
    defer { lock.unlock() }
    while true {
      let lines = Self.objects(output)
      if isThere(lines) { return lines }
      if openPipes == 0 || !lock.wait(until: end) {
        Issue.record(
          "\(what) did not happen; stdout: \(text(output)) stderr: \(text(errors))",
          sourceLocation: sourceLocation)
        return lines
      }
    }
  }

  /// Waits for the end of the program.
  func finish(sourceLocation: SourceLocation = #_sourceLocation) -> Outcome {
    let end = Date(timeIntervalSinceNow: Self.deadline)
    lock.lock()
    while openPipes > 0 {
      if !lock.wait(until: end) {
        Issue.record(
          "the program did not end; stdout: \(text(output)) stderr: \(text(errors))",
          sourceLocation: sourceLocation)
        kill(process.processIdentifier, SIGKILL)
        break
      }
    }
    let (output, errors) = (self.output, self.errors)
    lock.unlock()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      endedBySignal: process.terminationReason == .uncaughtSignal,
      output: text(output), lines: Self.objects(output), errors: text(errors))
  }

  private func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }

  private static func objects(_ data: Data) -> [[String: Any]] {
    data.split(separator: UInt8(ascii: "\n")).compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0))) as? [String: Any]
    }
  }

  struct Outcome {
    let status: Int32
    let endedBySignal: Bool
    let output: String
    let lines: [[String: Any]]
    let errors: String

    /// The error object on stderr.
    var error: [String: Any]? {
      errors.split(separator: "\n").compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      }.last { $0["type"] as? String == "error" }
    }
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}

/// Runs `instctl` to its end.
func instctl(
  _ arguments: String..., environment: [String: String] = [:],
  stdin: Program.StandardInput = .closed, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Program.Outcome {
  try Program(arguments, environment: environment, stdin: stdin).finish(
    sourceLocation: sourceLocation)
}

extension [[String: Any]] {
  func of(type: String) -> [[String: Any]] { filter { $0["type"] as? String == type } }
}
