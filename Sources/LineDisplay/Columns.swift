extension Unicode.Scalar {
  /// How many columns of a terminal the scalar takes: 2 when it is wide (UAX #11, and emoji that are
  /// shown as pictures), 0 when it combines with the one before it, 1 otherwise.
  ///
  /// It is what most terminals count, scalar by scalar; where they differ, a sequence of several scalars
  /// takes fewer columns than this says, so that a line that is held to a width never runs over it.
  var columns: Int {
    if value < 0x300 { return 1 }
    if isCombining { return 0 }
    return isWide ? 2 : 1
  }

  private var isCombining: Bool {
    switch value {
    // Vowels and final consonants of Hangul that join the syllable before them.
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return true
    case 0x200C, 0x200D: return true
    default: break
    }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return true
    default: return false
    }
  }

  private var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E,
      0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x191FF, 0x1AFF0...0x1B2FF,
      0x1D300...0x1D376, 0x1F200...0x1F2FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: properties.isEmojiPresentation
    }
  }

  /// Whether it must not reach a terminal as it is: it could steer the terminal, break the line, turn
  /// the direction of what follows, or be there without being seen.
  var isUnsafe: Bool {
    if value < 0x7F { return value < 0x20 }
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    // Joiners make emoji and the letters of some scripts; they do nothing alone.
    case .format: return value != 0x200C && value != 0x200D
    default: return false
    }
  }

  /// What is shown in the place of an unsafe scalar: its escape as JSON writes it, with braces where it
  /// has more than four digits.
  var visibleEscape: String {
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: break
    }
    let digits = String(value, radix: 16)
    if digits.count > 4 { return "\\u{\(digits)}" }
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension Character {
  /// How many columns the character takes, at most.
  var columns: Int {
    var columns = 0
    for scalar in unicodeScalars {
      // This selector turns the sign before it into a picture, which is wide; that sign may stand in a
      // piece of text before this one.
      columns += scalar.value == 0xFE0F && columns < 2 ? 1 : scalar.columns
    }
    return columns
  }
}
