import Glibc
import JSONText
import LineFilter
import Transport

/// Prints the lines that were chosen, or what was selected of them, and tells of those that end the
/// command.
@EventLoop
final class LineFilterStage: LineStage {
  /// A line came that must not come; it was printed, if it was to be.
  var onForbidden: (@EventLoop (_ type: String, _ time: String) -> Void)?

  /// What lines go through after this one.
  var next: (any LineStage)?

  private let choice: LineChoice
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var scan = LineScan()
  private var condition: LineJudge?
  private var forbidden: LineJudge?
  private var last: LineJudge?
  private var onLast: (@EventLoop () -> Void)?
  private var isOver = false

  /// - Parameter next: what lines go through after this one.
  init(_ choice: LineChoice, next: (any LineStage)?) {
    self.choice = choice
    self.next = next
    condition = choice.condition.map(LineJudge.init)
    forbidden = choice.failing.map(LineJudge.init)
  }

  /// Calls `action` with the first line for which the expression is true, after it was printed.
  func waitForLast(_ expression: LineExpression, _ action: @escaping @EventLoop () -> Void) {
    last = LineJudge(expression)
    onLast = action
  }

  // MARK: LineStage

  func route(of type: String) -> LineRoute {
    // What must be looked at is looked at, whether it is printed or not.
    for judge in [last, forbidden] {
      if let judge, judge.verdict(ofType: type) != false { return .staged }
    }
    guard isChosen(type) else { return .dropped }
    switch condition.map({ $0.verdict(ofType: type) }) ?? true {
    case false: return .dropped
    case nil: return .staged
    default: break
    }
    return choice.selection == nil ? next?.route(of: type) ?? .shown : .staged
  }

  func pass(_ line: UnsafeRawBufferPointer, into writer: inout JSONWriter) {
    guard !isOver else { return }
    scan.begin(line)
    if isPrinted() { print(line, to: &writer) }
    if forbidden?.isTrue(of: &scan) ?? false {
      isOver = true
      onForbidden?(scan.text("type") ?? "", scan.text("time") ?? "")
    } else if last?.isTrue(of: &scan) ?? false {
      isOver = true
      onLast?()
    }
  }

  // MARK: Printing

  private func isChosen(_ type: String) -> Bool {
    choice.types.isEmpty || choice.types.contains(type)
  }

  private func isPrinted() -> Bool {
    if !choice.types.isEmpty {
      guard let type = scan.text("type"), isChosen(type) else { return false }
    }
    return condition?.isTrue(of: &scan) ?? true
  }

  private func print(_ line: UnsafeRawBufferPointer, to writer: inout JSONWriter) {
    if let path = choice.selection {
      _ = path.first(in: &scan) { value in
        print(value, to: &writer)
        return false
      }
    } else if let next {
      next.pass(line, into: &writer)
    } else {
      writer.raw(line)
      writer.finishLine()
    }
  }

  private func print(_ value: ValueText, to writer: inout JSONWriter) {
    if choice.printsRawStrings, let utf8 = value.utf8 {
      writer.raw(isTerminal ? Array(String(decoding: utf8, as: UTF8.self).printable.utf8) : utf8)
    } else {
      writer.raw(value.bytes)
    }
    writer.finishLine()
  }
}
