import Glibc

/// What is known of the terminal that a descriptor leads to.
struct Terminal: Sendable {
  let descriptor: Int32

  static let output = Terminal(descriptor: STDOUT_FILENO)
  static let errors = Terminal(descriptor: STDERR_FILENO)

  /// Whether there is one.
  var isThere: Bool { isatty(descriptor) == 1 }

  /// Whether it can do more than write one character after the other.
  var isCapable: Bool {
    guard isThere, let name = getenv("TERM") else { return false }
    return !["dumb", ""].contains(String(cString: name))
  }

  /// Whether a shell has another job in the foreground, so that the terminal is that one's.
  var isOthers: Bool {
    let group = tcgetpgrp(descriptor)
    return group >= 0 && group != getpgrp()
  }

  /// Whether colours are welcome there, where the user has not said so by an option.
  var takesColours: Bool {
    if let wish = getenv("NO_COLOR"), wish.pointee != 0 { return false }
    return isCapable
  }

  /// Its columns and rows; 80 and 24 where it does not say.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// The columns to fit rows into: what COLUMNS says, or the terminal itself.
  var columns: Int {
    guard let wish = getenv("COLUMNS"), let columns = Int(String(cString: wish)), columns > 0 else {
      return size.columns
    }
    return columns
  }
}

extension ColorChoice {
  /// Whether there are to be colours on a terminal.
  func isOn(for terminal: Terminal) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: terminal.takesColours
    }
  }
}
