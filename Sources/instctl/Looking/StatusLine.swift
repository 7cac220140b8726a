import Glibc
import LineDisplay
import Synchronization

/// The last row of a terminal's stderr, drawn over and over until something else is written there.
enum StatusLine {
  private static let isShown = Atomic<Bool>(false)
  /// Back to the first column, and nothing to the right of it.
  private static let clearing = "\r\u{1B}[K"

  /// Draws it, held to the width of the terminal; not over what another job shows there.
  static func show(_ text: String) {
    if Terminal.errors.isOthers { return isShown.store(false, ordering: .relaxed) }
    // In the last column some terminals would begin another row.
    let row = StyledText(text).cut(to: Terminal.errors.size.columns - 1)
    isShown.store(true, ordering: .relaxed)
    write(clearing + row.text(isColoured: false))
  }

  /// Takes it away, if it is there: before anything else is written to the terminal.
  static func clear() {
    guard isShown.exchange(false, ordering: .relaxed) else { return }
    write(clearing)
  }

  private static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      // A row that a terminal does not take at once is not worth waiting for.
      _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
