import InstClient
import InstProtocol
import JSONText
import LineDisplay
import Transport

/// Shows lines for reading: `--output pretty`.
final class PrettyStage: LineStage {
  private var lines: PrettyLines
  private let isTerminal: Bool

  /// - Parameter isColoured: whether there are colours, on a terminal or not.
  init(isColoured: Bool) {
    isTerminal = Terminal.output.isThere
    lines = PrettyLines(
      PrettyLines.Options(isColoured: isColoured, hint: advice))
  }

  /// Says from the first line on which branch a line is about.
  func nameBranches() { lines.options.namesBranches = true }

  func pass(_ line: UnsafeRawBufferPointer, into writer: inout JSONWriter) {
    // It may have changed since the last line. What goes elsewhere is not cut.
    if isTerminal { lines.options.width = Terminal.output.columns }
    var text = lines.render(line)
    text.withUTF8 { text in
      writer.raw(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text).dropLast()))
    }
    writer.finishLine()
  }
}

extension Settings {
  /// What makes lines for reading of the command's; nil where they are printed as they are.
  @EventLoop
  func prettyStage() -> PrettyStage? {
    guard output.value == .pretty else { return nil }
    return PrettyStage(isColoured: color.value.isOn(for: .output))
  }
}

/// What to do about an error that a server reports with this code.
private func advice(on code: String) -> String? {
  let info = ErrorInfo(errorCode: ErrorCode(rawValue: code), errorMessage: "")
  return Failure(info, layer: .server, message: "").hint
}
