import JSONText

/// One line, of which no more is scanned than is asked for: what stands in the head of a line of any
/// length costs next to nothing, and several looks at its members cost one scan.
///
/// The bytes are borrowed: they must stay in place while the line is looked at.
public struct LineScan {
  private var bytes: UnsafeRawBufferPointer
  private var cursor: JSONCursor
  private var isAtEnd = false
  private var members: [Member] = []

  private struct Member {
    let name: JSONStringRange
    let value: JSONRange
  }

  /// What each line begins with, under these names: a later member of the same name is not ours.
  private static let headNames = ["type", "time", "recordName", "inst", "branch"].map {
    Array($0.utf8)
  }

  /// No line.
  public init() {
    bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    cursor = JSONCursor(bytes)
  }

  /// Goes on to a line: JSON without whitespace around it.
  public mutating func begin(_ line: UnsafeRawBufferPointer) {
    bytes = line
    members.removeAll(keepingCapacity: true)
    cursor = JSONCursor(line, maximumDepth: JSON.greatestMaximumDepth)
    isAtEnd = !isObject
    guard !isAtEnd else { return }
    do throws(JSONError) { try cursor.beginObject() } catch { isAtEnd = true }
  }

  /// The line's member of a name, if it is a string.
  public mutating func text(_ name: String) -> String? {
    member(Array(name.utf8))?.utf8.map { String(decoding: $0, as: UTF8.self) }
  }

  var isObject: Bool { bytes.first == UInt8(ascii: "{") }

  /// The whole line as a value; nil when it is none. An object is not looked into.
  var whole: ValueText? {
    if isObject { return ValueText(bytes, kind: .object) }
    var cursor = JSONCursor(bytes, maximumDepth: JSON.greatestMaximumDepth)
    do throws(JSONError) { return ValueText(try cursor.skipValue(), in: bytes) } catch {
      return nil
    }
  }

  /// The line's member of a name.
  mutating func member(_ name: [UInt8]) -> ValueText? {
    let isFirst = Self.headNames.contains(name)
    var found: JSONRange?
    var index = 0
    while let member = member(at: index) {
      if name.withUnsafeBytes({ member.name.equals(utf8: $0, in: bytes) }) {
        found = member.value
        if isFirst { break }
      }
      index += 1
    }
    return found.map { ValueText($0, in: bytes) }
  }

  private mutating func member(at index: Int) -> Member? {
    if index == members.count, !isAtEnd { scanMember() }
    return index < members.count ? members[index] : nil
  }

  private mutating func scanMember() {
    do throws(JSONError) {
      if let name = try cursor.nextKey() {
        members.append(Member(name: name, value: try cursor.skipValue()))
      } else {
        isAtEnd = true
      }
    } catch { isAtEnd = true }
  }
}
