import Foundation
import Testing

/// A program in a terminal of its own, with a user: `Tests/Peers/terminal.py`, whose emulator is other
/// people's.
final class TerminalProgram {
  private let peer: Program
  private var answers = 0

  /// What the terminal shows.
  struct State {
    let screen: [String]
    /// The colours of characters that are on the screen.
    let colours: [String]
    let isAlternate: Bool
    let isCursorHidden: Bool
    /// Whether the settings of the terminal are those from before the program; true when it is gone.
    let isRestored: Bool
    /// Everything that was written.
    let written: String
    /// The exit code, or a signal below zero; nil while the program runs.
    let status: Int?

    var text: String { screen.joined(separator: "\n") }
  }

  init(
    columns: Int, rows: Int, _ arguments: [String], executable: String = Programs.instctl.path,
    environment: [String: String] = [:]
  ) throws {
    let all = ["TERM": "xterm-256color", "NO_COLOR": "", "COLUMNS": ""].merging(environment) { $1 }
    peer = try Program(
      [Self.script, "\(columns)x\(rows)", executable] + arguments,
      executable: URL(fileURLWithPath: Self.interpreter), environment: all, stdin: .open)
  }

  deinit { peer.end() }

  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let script = tests.appendingPathComponent("Peers/terminal.py").path

  private static let interpreter: String = {
    if let given = ProcessInfo.processInfo.environment["INSTCTL_TEST_PYTHON"], !given.isEmpty {
      return given
    }
    return tests.deletingLastPathComponent().appendingPathComponent(".build-python/bin/python").path
  }()

  // MARK: Orders

  /// Waits until all the texts are on the screen.
  @discardableResult
  func wait(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) -> State {
    order(["wait": texts], "\(texts) did not appear", sourceLocation)
  }

  @discardableResult
  func wait(untilGone text: String, sourceLocation: SourceLocation = #_sourceLocation) -> State {
    order(["waitGone": text], "'\(text)' did not go", sourceLocation)
  }

  func type(_ keys: String, sourceLocation: SourceLocation = #_sourceLocation) {
    order(["keys": keys], "typing failed", sourceLocation)
  }

  func resize(columns: Int, rows: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    order(["resize": [columns, rows]], "resizing failed", sourceLocation)
  }

  func signal(_ signal: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
    order(["signal": signal], "no signal was sent", sourceLocation)
  }

  func hangUp(sourceLocation: SourceLocation = #_sourceLocation) {
    order(["hangUp": true], "the terminal did not go", sourceLocation)
  }

  /// Waits for the end of the program.
  func finish(sourceLocation: SourceLocation = #_sourceLocation) -> State {
    order(["end": true], "the program did not end", sourceLocation)
  }

  /// The same, while the terminal takes nothing of what the program writes.
  func finishUnread(sourceLocation: SourceLocation = #_sourceLocation) -> State {
    order(["endUnread": true], "the program did not end", sourceLocation)
  }

  @discardableResult
  private func order(
    _ order: [String: Any], _ failure: String, _ sourceLocation: SourceLocation
  ) -> State {
    answers += 1
    let expected = answers
    if let data = try? JSONSerialization.data(withJSONObject: order) {
      peer.write(String(decoding: data, as: UTF8.self) + "\n")
    }
    let lines = peer.wait("an answer of the terminal", sourceLocation: sourceLocation) {
      $0.count >= expected
    }
    let answer = lines.count >= expected ? lines[expected - 1] : [:]
    let state = State(
      screen: answer["screen"] as? [String] ?? [], colours: answer["colours"] as? [String] ?? [],
      isAlternate: answer["isAlternate"] as? Bool ?? false,
      isCursorHidden: answer["isCursorHidden"] as? Bool ?? false,
      isRestored: answer["isRestored"] as? Bool ?? true,
      written: answer["written"] as? String ?? "", status: answer["status"] as? Int)
    if answer["done"] as? Bool != true {
      Issue.record("\(failure); the screen:\n\(state.text)", sourceLocation: sourceLocation)
    }
    return state
  }
}
