import Glibc
import JSONText
import Transport

/// JSON that an argument gives: the text itself, `@file`, or `-` for stdin.
enum JSONInput {
  /// Servers refuse frames above 100 MiB.
  static let limit = 100 << 20

  /// The values in an argument: one that may stand on several lines, or one a line.
  static func values(of argument: String) throws(Failure) -> [RawJSON] {
    guard argument.hasPrefix("@") else { return [try value(Array(argument.utf8), "the argument")] }
    let file = String(argument.dropFirst())
    let text = try InputFile.read(file, limit: limit)
    guard
      let first = text.split(separator: UInt8(ascii: "\n")).first(where: { !isBlank(Array($0)) })
    else { return [] }
    let areLines = (try? RawJSON(validating: Array(first))) != nil
    return areLines ? try lines(of: text, in: "'\(file)'") : [try value(text, "'\(file)'")]
  }

  /// The one value in an argument, or on stdin for `-`; nil where there is nothing but white space.
  static func value(of argument: String) throws(Failure) -> RawJSON? {
    guard argument == "-" || argument.hasPrefix("@") else {
      return try value(Array(argument.utf8), "the argument")
    }
    let file = argument == "-" ? "-" : String(argument.dropFirst())
    let text = try InputFile.read(file, limit: limit)
    guard !isBlank(text) else { return nil }
    return try value(text, file == "-" ? "stdin" : "'\(file)'")
  }

  /// One value.
  ///
  /// - Parameters:
  ///   - place: where it stands, for the message.
  ///   - line: the number of its first line there.
  static func value(
    _ text: [UInt8], _ place: String, line: Int = 1
  ) throws(Failure) -> RawJSON {
    do throws(JSONError) { return try RawJSON(validating: text) } catch {
      throw .badInput(
        "\(place) is not valid JSON: \(error)",
        hint: #"a JSON text needs its quotes, in a shell '"text"'"#,
        facts: [JSONMember(name: "line", value: JSONValue(line + lineFeeds(text, before: error)))])
    }
  }

  private static func lineFeeds(_ text: [UInt8], before error: JSONError) -> Int {
    text.prefix(error.offset).count { $0 == UInt8(ascii: "\n") }
  }

  /// Whether there is nothing but white space.
  static func isBlank(_ text: [UInt8]) -> Bool {
    text.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
  }

  private static func lines(of text: [UInt8], in place: String) throws(Failure) -> [RawJSON] {
    var values: [RawJSON] = []
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = Array(line)
      guard !isBlank(line) else { continue }
      values.append(try value(line, "line \(index + 1) of \(place)", line: index + 1))
    }
    return values
  }
}
