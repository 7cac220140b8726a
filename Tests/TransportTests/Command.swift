import Foundation
import Testing

@testable import Transport

/// A program that runs beside a test: its lines one by one, its end, and a way to talk to it.
@EventLoop
final class Command {
  /// What it printed, on either stream, line by line; nil at the end of the stream.
  let lines: Mailbox<String?>
  let errors: Mailbox<String?>
  private let process = Process()
  private let input = Pipe()
  private let exits: Mailbox<Int32>

  init(_ program: String, _ arguments: [String], in folder: URL? = nil) throws {
    let name = URL(fileURLWithPath: program).lastPathComponent
    lines = Mailbox("a line of \(name)")
    errors = Mailbox("a line on stderr of \(name)")
    exits = Mailbox("the end of \(name)")
    // Writing to a program that has ended is an error, not the end of the tests.
    signal(SIGPIPE, SIG_IGN)
    // Found like a shell finds it.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    // What Swift keeps for weak references is out of sight of the leak checker, which would make
    // every exit of a sanitized program a failure.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["ASAN_OPTIONS": "detect_leaks=0"]) { own, _ in own }
    process.standardInput = input
    let output = Pipe()
    let errorOutput = Pipe()
    process.standardOutput = output
    process.standardError = errorOutput
    process.terminationHandler = { [exits] in exits.post($0.terminationStatus) }
    try process.run()
    Self.read(output, into: lines)
    Self.read(errorOutput, into: errors)
  }

  private static func read(_ pipe: Pipe, into lines: Mailbox<String?>) {
    Thread.detachNewThread {
      var rest = Data()
      while true {
        let data = pipe.fileHandleForReading.availableData
        rest += data
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          lines.post(String(decoding: rest[..<end], as: UTF8.self))
          rest = rest[rest.index(after: end)...]
        }
        if data.isEmpty {
          if !rest.isEmpty { lines.post(String(decoding: rest, as: UTF8.self)) }
          lines.post(nil)
          return
        }
      }
    }
  }

  /// The next line on standard output.
  func line() async throws -> String {
    if let line = try await lines.next() { return line }
    throw Ended(errors: try await rest(of: errors))
  }

  /// The lines up to the end of the stream.
  func rest(of lines: Mailbox<String?>) async throws -> [String] {
    var all: [String] = []
    while let line = try await lines.next() { all.append(line) }
    return all
  }

  /// The exit status, once it has ended.
  func status() async throws -> Int32 { try await exits.next() }

  func write(_ text: String) { try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  func closeInput() { try? input.fileHandleForWriting.close() }

  /// Kills it: a program started from a thread of the pool has all other signals blocked.
  func stop() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  struct Ended: Error, CustomStringConvertible {
    let errors: [String]
    var description: String { "it has ended: \(errors.joined(separator: "\n"))" }
  }
}

/// Runs a program to its end and gives its output; throws where it fails.
@discardableResult
func output(of program: String, _ arguments: [String], in folder: URL? = nil) async throws -> String
{
  let command = try await Command(program, arguments, in: folder)
  await command.closeInput()
  let lines = try await command.rest(of: command.lines)
  let errors = try await command.rest(of: command.errors)
  guard try await command.status() == 0 else { throw Command.Ended(errors: errors) }
  return lines.joined(separator: "\n")
}
