/// A string of an expression, and where its scalars stand.
struct StringLiteral {
  var scalars: [Unicode.Scalar] = []
  /// The position of each scalar, of an escape's first one, and behind them that of the closing quote.
  var positions: [Int] = []
}

extension ExpressionParser {
  /// A string in double quotes, with the escapes of JSON.
  mutating func string() throws(ExpressionError) -> StringLiteral {
    let start = position
    var literal = StringLiteral()
    position += 1
    while let scalar = next {
      literal.positions.append(position)
      if scalar == "\"" {
        position += 1
        return literal
      }
      position += 1
      literal.scalars.append(scalar == "\\" ? try escape() : scalar)
    }
    throw error("nothing closes this string", at: start)
  }

  /// What an escape stands for, whose backslash is behind us.
  private mutating func escape() throws(ExpressionError) -> Unicode.Scalar {
    let backslash = position - 1
    let letter = next
    position += 1
    switch letter {
    case "\"", "\\", "/": return letter ?? "\\"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": return try character(from: backslash)
    case let other?:
      throw error(
        "\\\(other.shown) is no escape of a string; a backslash is written \\\\", at: backslash)
    case nil: throw error("the expression ends inside a string", at: backslash)
    }
  }

  /// The character of `\uXXXX`, or of a pair of them.
  private mutating func character(from backslash: Int) throws(ExpressionError) -> Unicode.Scalar {
    guard let unit = codeUnit() else {
      throw error("\\u wants four hexadecimal digits", at: backslash)
    }
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, scalars[position...].starts(with: ["\\", "u"]) else {
      throw error("half a surrogate pair is no character", at: backslash)
    }
    position += 2
    guard let second = codeUnit(), (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10 | (second - 0xDC00)))
    else { throw error("half a surrogate pair is no character", at: backslash) }
    return scalar
  }

  private mutating func codeUnit() -> UInt32? {
    let digits = scalars[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else {
      return nil
    }
    position += 4
    return UInt32(String(digits), radix: 16)
  }
}
