/// Turns frames into what a terminal must be told to show them: only rows that have changed are written.
public struct ScreenPainter: Sendable {
  private var shown: [String] = []
  private var size: (columns: Int, rows: Int)?
  private let isColoured: Bool

  /// - Parameter isColoured: whether there are colours.
  public init(isColoured: Bool) { self.isColoured = isColoured }

  /// The text that brings the screen up to a frame; empty where nothing has changed.
  ///
  /// - Parameters:
  ///   - frame: the rows, none wider than the screen.
  ///   - columns: the width of the screen.
  ///   - rows: its height.
  public mutating func paint(_ frame: [StyledText], columns: Int, rows: Int) -> String {
    var text = ""
    if size?.columns != columns || size?.rows != rows {
      text += "\u{1B}[2J"
      shown = []
      size = (columns, rows)
    }
    let texts = frame.prefix(rows).map { $0.text(isColoured: isColoured) }
    for row in 0..<rows {
      let new = row < texts.count ? texts[row] : ""
      let old = row < shown.count ? shown[row] : ""
      guard new != old else { continue }
      // Erased first: behind a row that is as wide as the screen, the erasing would take its end away.
      text += "\u{1B}[\(row + 1);1H\u{1B}[K\(new)"
    }
    shown = texts
    return text
  }

  /// Forgets what is on the screen: the next frame is painted as a whole.
  public mutating func forget() { size = nil }
}
