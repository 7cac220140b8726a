public import JSONText

/// Where a value stands in a line: `.action.event.name`, `.updates[0]`, `.["odd name"]`, `.updates[]`.
///
/// A path leads to no value where there is nothing, to one, or, by `[]`, to any number of values. Null
/// is a value.
public struct ValuePath: Hashable, Sendable {
  /// One step further down.
  enum Step: Hashable, Sendable {
    /// The member of an object, by the UTF-8 of its name: the last one when the name repeats.
    case name([UInt8])
    /// The element of an array; below zero counted from the end.
    case index(Int)
    /// All elements of an array, or the values of all members of an object.
    case all
  }

  let steps: [Step]

  /// The path that a text says.
  ///
  /// - Throws: ``ExpressionError`` when it says none.
  public init(_ text: String) throws(ExpressionError) {
    var parser = ExpressionParser(text)
    self = try parser.wholePath()
  }

  init(steps: [Step]) { self.steps = steps }

  /// Hands over the values that the path leads to, in order, until `body` says that it is enough.
  ///
  /// - Parameter body: takes a value, which is only lent; true ends it.
  /// - Returns: Whether `body` has ended it.
  public func first(in line: inout LineScan, where body: (ValueText) -> Bool) -> Bool {
    guard case .name(let name)? = steps.first, line.isObject else {
      return line.whole?.first(at: steps[...], where: body) ?? false
    }
    return line.member(name)?.first(at: steps.dropFirst(), where: body) ?? false
  }
}

/// The text of one JSON value, lent.
public struct ValueText {
  /// The text from the value's first byte to its last, a string with its quotes.
  public let bytes: UnsafeRawBufferPointer
  /// The kind of the value.
  public let kind: JSONKind
  /// Whether the value is a string that contains a backslash.
  let hasEscapes: Bool

  init(_ bytes: UnsafeRawBufferPointer, kind: JSONKind, hasEscapes: Bool = false) {
    self.bytes = bytes
    self.kind = kind
    self.hasEscapes = hasEscapes
  }

  init(_ range: JSONRange, in text: UnsafeRawBufferPointer) {
    self.init(range.bytes(in: text), kind: range.kind, hasEscapes: range.hasEscapes)
  }

  /// What is between the quotes, when the value is a string.
  var string: JSONStringRange? {
    guard kind == .string else { return nil }
    return JSONStringRange(hasEscapes: hasEscapes, start: 1, end: bytes.count &- 1)
  }

  /// The string's UTF-8, escapes resolved; nil when the value is none. A lone surrogate becomes U+FFFD.
  public var utf8: [UInt8]? {
    guard let string else { return nil }
    var utf8: [UInt8] = []
    string.appendDecoded(in: bytes, to: &utf8)
    return utf8
  }
}

extension ValueText {
  fileprivate func first(
    at steps: ArraySlice<ValuePath.Step>, where body: (ValueText) -> Bool
  ) -> Bool {
    guard let step = steps.first else { return body(self) }
    let rest = steps.dropFirst()
    switch step {
    case .name(let name): return member(name)?.first(at: rest, where: body) ?? false
    case .index(let index): return element(index)?.first(at: rest, where: body) ?? false
    case .all: return firstInside { $0.first(at: rest, where: body) }
    }
  }

  /// The last member of the name; nil when there is none, or this is no object.
  private func member(_ name: [UInt8]) -> ValueText? {
    guard kind == .object else { return nil }
    return name.withUnsafeBytes { name in
      var found: ValueText?
      eachMember { key, value in
        if key.equals(utf8: name, in: bytes) { found = value }
        return false
      }
      return found
    }
  }

  private func element(_ index: Int) -> ValueText? {
    guard kind == .array else { return nil }
    var left = index
    if index < 0 {
      let (fromStart, overflow) = index.addingReportingOverflow(count ?? 0)
      guard !overflow, fromStart >= 0 else { return nil }
      left = fromStart
    }
    var found: ValueText?
    firstInside { value in
      if left == 0 { found = value }
      left -= 1
      return left < 0
    }
    return found
  }

  /// How many elements or members there are; nil when this is neither array nor object.
  var count: Int? {
    guard kind == .array || kind == .object else { return nil }
    var count = 0
    firstInside { _ in
      count += 1
      return false
    }
    return count
  }

  /// Hands over the elements of an array, or the values of an object's members, until `body` says that
  /// it is enough. Anything else has none.
  @discardableResult
  func firstInside(_ body: (ValueText) -> Bool) -> Bool {
    if kind == .object { return eachMember { body($1) } }
    guard kind == .array else { return false }
    var cursor = JSONCursor(bytes, maximumDepth: JSON.greatestMaximumDepth)
    do throws(JSONError) {
      try cursor.beginArray()
      while try cursor.nextElement() {
        if body(ValueText(try cursor.skipValue(), in: bytes)) { return true }
      }
    } catch { /* What is no JSON holds nothing more. */  }
    return false
  }

  /// The same with the members' names.
  @discardableResult
  func eachMember(_ body: (JSONStringRange, ValueText) -> Bool) -> Bool {
    var cursor = JSONCursor(bytes, maximumDepth: JSON.greatestMaximumDepth)
    do throws(JSONError) {
      try cursor.beginObject()
      while let name = try cursor.nextKey() {
        if body(name, ValueText(try cursor.skipValue(), in: bytes)) { return true }
      }
    } catch { /* What is no JSON holds nothing more. */  }
    return false
  }
}
