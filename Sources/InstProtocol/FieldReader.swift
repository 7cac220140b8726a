import JSONText

/// Takes the known fields out of one object, notes what is wrong with them, and keeps the rest.
///
/// Reading goes on past an issue with a value that stands in, so that all issues of a message are
/// found at once; whoever began the reading throws what is made of it away when there are any.
/// Where a name repeats, the last member counts, as with `JSON.parse`.
struct FieldReader {
  /// The issues so far.
  var issues: [FieldIssue] = []

  let text: UnsafeRawBufferPointer
  private var members: [(name: JSONStringRange, value: JSONRange)] = []
  let path: [FieldIssue.Step]
  private let only: Dialect?

  /// A reader of the object that `text` is, which is known to be JSON. Nil when it is something else.
  ///
  /// - Parameters:
  ///   - only: The one dialect whose forms are accepted. Nil accepts both.
  init?(_ text: UnsafeRawBufferPointer, path: [FieldIssue.Step] = [], only: Dialect?) {
    self.text = text
    self.path = path
    self.only = only
    var cursor = JSONCursor(text, maximumDepth: JSON.greatestMaximumDepth)
    do throws(JSONError) {
      try cursor.beginObject()
      while let name = try cursor.nextKey() { members.append((name, try cursor.skipValue())) }
    } catch { return nil }
  }

  /// Whether forms of a dialect are accepted.
  func accepts(_ dialect: Dialect) -> Bool { only == nil || only == dialect }

  mutating func note(_ problem: FieldIssue.Problem, at name: StaticString, _ index: Int? = nil) {
    let element = index.map { [FieldIssue.Step.index($0)] } ?? []
    issues.append(
      FieldIssue(path: path + [.name(name.description)] + element, problem: problem))
  }

  // MARK: Values of one kind

  /// A string that must be there.
  mutating func string(_ name: StaticString) -> String {
    take(name, .string, "string")?.string?.decoded(in: text) ?? ""
  }

  /// A string, or nil when there is none.
  mutating func optionalString(_ name: StaticString) -> String? {
    has(name) ? string(name) : nil
  }

  /// A string that may be null; with `mayBeAbsent`, no value is as good as null.
  mutating func nullableString(
    _ name: StaticString, mayBeEmpty: Bool = true, mayBeAbsent: Bool = false
  ) -> String? {
    guard let value = take(name) else {
      if !mayBeAbsent { note(.wrongType(expected: "string or null", found: nil), at: name) }
      return nil
    }
    guard let range = value.string else {
      if value.kind != .null {
        note(.wrongType(expected: "string or null", found: value.kind), at: name)
      }
      return nil
    }
    if range.count == 0 && !mayBeEmpty { note(.emptyString, at: name) }
    return range.decoded(in: text)
  }

  /// A truth value that must be there.
  mutating func bool(_ name: StaticString) -> Bool {
    guard let value = take(name, .boolean, "boolean") else { return false }
    return text[value.start] == UInt8(ascii: "t")
  }

  /// A truth value, or nil when there is none.
  mutating func optionalBool(_ name: StaticString) -> Bool? {
    has(name) ? bool(name) : nil
  }

  /// A number that must be there.
  mutating func number(_ name: StaticString) -> JSONNumber {
    take(name, .number, "number").flatMap { number($0, at: name) } ?? 0
  }

  /// A number, or nil when there is none.
  mutating func optionalNumber(_ name: StaticString) -> JSONNumber? {
    has(name) ? number(name) : nil
  }

  /// A value of any kind, or nil when there is none.
  mutating func optionalRaw(_ name: StaticString) -> RawJSON? {
    take(name).map { RawJSON(scanned: $0.bytes(in: text)) }
  }

  /// A value of one of these kinds that must be there.
  mutating func raw(
    _ name: StaticString, _ kinds: JSONKind..., expected: StaticString
  ) -> RawJSON {
    guard let value = take(name) else {
      note(.wrongType(expected: expected.description, found: nil), at: name)
      return .null
    }
    if !kinds.contains(value.kind) {
      note(.wrongType(expected: expected.description, found: value.kind), at: name)
    }
    return RawJSON(scanned: value.bytes(in: text))
  }

  /// A string or number, or nil when there is none.
  mutating func optionalStringOrNumber(_ name: StaticString) -> RawJSON? {
    has(name) ? raw(name, .string, .number, expected: "string or number") : nil
  }

  // MARK: Arrays

  /// An array of strings that must be there.
  mutating func strings(_ name: StaticString) -> [String] {
    elements(name, .string, "string").compactMap { $0.string?.decoded(in: text) }
  }

  /// An array of strings, or nil when there is none.
  mutating func optionalStrings(_ name: StaticString) -> [String]? {
    has(name) ? strings(name) : nil
  }

  /// An array of numbers, or nil when there is none.
  mutating func optionalNumbers(_ name: StaticString) -> [JSONNumber]? {
    guard has(name) else { return nil }
    return elements(name, .number, "number").compactMap { number($0, at: name) }
  }

  private mutating func elements(
    _ name: StaticString, _ kind: JSONKind, _ expected: String
  ) -> [JSONRange] {
    guard let array = take(name, .array, "array") else { return [] }
    var elements: [JSONRange] = []
    var cursor = JSONCursor(array.bytes(in: text), maximumDepth: JSON.greatestMaximumDepth)
    // Once scanned, a value has no error left to throw.
    do throws(JSONError) {
      try cursor.beginArray()
      while try cursor.nextElement() {
        var element = try cursor.skipValue()
        element.start += array.start
        element.end += array.start
        elements.append(element)
      }
    } catch { return [] }
    for (index, element) in elements.enumerated() where element.kind != kind {
      note(.wrongType(expected: expected, found: element.kind), at: name, index)
    }
    return elements
  }

  // MARK: Objects

  /// What is read from an object that must be there; nil, and an issue, when it is not.
  mutating func object<Value>(
    _ name: StaticString, _ read: (inout FieldReader) -> Value
  ) -> Value? {
    guard let object = take(name, .object, "object") else { return nil }
    let steps = path + [.name(name.description)]
    guard var reader = FieldReader(object.bytes(in: text), path: steps, only: only) else {
      return nil
    }
    let value = read(&reader)
    issues += reader.issues
    return value
  }

  /// What is read from an object, or nil when there is none.
  mutating func optionalObject<Value>(
    _ name: StaticString, _ read: (inout FieldReader) -> Value
  ) -> Value? {
    has(name) ? object(name, read) : nil
  }

  // MARK: The rest

  /// Whether there is a field of that name.
  func has(_ name: StaticString) -> Bool {
    members.contains { $0.name.equals(name, in: text) }
  }

  /// Whether the field of that name is null.
  func isNull(_ name: StaticString) -> Bool {
    members.last { $0.name.equals(name, in: text) }?.value.kind == .null
  }

  /// Whether the field of that name is a string.
  func isString(_ name: StaticString) -> Bool {
    members.last { $0.name.equals(name, in: text) }?.value.kind == .string
  }

  /// Whether the field of that name is this string.
  func hasString(_ name: StaticString, _ value: StaticString) -> Bool {
    let range = members.last { $0.name.equals(name, in: text) }?.value.string
    return range?.equals(value, in: text) == true
  }

  /// Where the string is that tells the type of the object, when there is one.
  var typeRange: JSONStringRange? {
    members.last { $0.name.equals("type", in: text) }?.value.string
  }

  /// The fields that nobody has asked for.
  mutating func unknownFields() -> [UnknownField] {
    defer { members = [] }
    return members.map { member in
      UnknownField(
        name: member.name.decoded(in: text),
        value: RawJSON(scanned: member.value.bytes(in: text)))
    }
  }

  private mutating func take(_ name: StaticString) -> JSONRange? {
    let value = members.last { $0.name.equals(name, in: text) }?.value
    if value != nil { members.removeAll { $0.name.equals(name, in: text) } }
    return value
  }

  private mutating func take(
    _ name: StaticString, _ kind: JSONKind, _ expected: String
  ) -> JSONRange? {
    let value = take(name)
    guard let value, value.kind == kind else {
      note(.wrongType(expected: expected, found: value?.kind), at: name)
      return nil
    }
    return value
  }

  private mutating func number(_ value: JSONRange, at name: StaticString) -> JSONNumber? {
    let number = JSONNumber(String(decoding: value.bytes(in: text), as: UTF8.self))
    if number?.double.isFinite == false { note(.numberOutOfRange, at: name) }
    return number
  }
}
