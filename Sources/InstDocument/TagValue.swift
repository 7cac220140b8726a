public import JSONText
import Yjs

/// The value of a tag or tag mask.
///
/// Strings are texts that several people can edit at a time (`Y.Text`), all others are values of
/// JavaScript (PROTOCOL section 9). What else a document may hold there is kept by what JSON can say
/// of it.
public struct TagValue: Hashable, Sendable {
  /// How the document holds the value.
  public enum Form: Hashable, Sendable {
    /// As a text: the form of all strings that CasualOS has written.
    case text
    /// As a value.
    case value
    /// As something else: another shared type, bytes, another document.
    case other
  }

  /// How the document holds it.
  public var form: Form
  /// What it is. Numbers that JSON does not know, and `undefined`, are null.
  public var json: JSONValue
  /// Whether the JSON and the form say all of it: not so for formatted text, for bytes, and for
  /// numbers that JSON does not know.
  public var isWhole: Bool

  /// A value.
  public init(form: Form, json: JSONValue, isWhole: Bool = true) {
    self.form = form
    self.json = json
    self.isWhole = isWhole
  }

  /// A value in the form in which CasualOS writes it: strings as texts, numbers as those of JavaScript. It
  /// is not whole where a number is none of these.
  public init(_ json: JSONValue) {
    if json.stringValue != nil {
      self.init(form: .text, json: json)
    } else {
      self.init(.any(AnyValue(json)))
    }
  }
}

extension TagValue {
  init(_ value: YValue) {
    switch value {
    case .text(let text):
      let runs = text.runs
      let isPlain = runs.allSatisfy { $0.attributes.isEmpty && $0.content.isString }
      self.init(form: .text, json: .string(text.string), isWhole: isPlain)
    case .any(let value):
      var reading = ReadingAny()
      let json = reading.json(value)
      self.init(form: .value, json: json, isWhole: reading.isWhole)
    case .json(let text):
      let json = try? JSONValue(parsing: Array(text.utf8))
      self.init(form: .value, json: json ?? .null, isWhole: false)
    default:
      self.init(form: .other, json: .shared(value, depth: 0), isWhole: false)
    }
  }
}

extension YText.Run.Content {
  fileprivate var isString: Bool { if case .string = self { true } else { false } }
}

extension JSONValue {
  /// What JSON can say of a shared type and what is in it. Types may be nested as deep as an update is
  /// long: what is too deep is null.
  fileprivate static func shared(_ value: YValue, depth: Int) -> JSONValue {
    if depth > AnyValue.maximumDepth { return .null }
    return switch value {
    case .map(let map):
      .object(
        map.keys.compactMap { key in
          map[key].map { JSONMember(name: key, value: shared($0, depth: depth + 1)) }
        })
    case .array(let array): .array(array.elements.map { shared($0, depth: depth + 1) })
    case .binary(let bytes): .string(Base64.encode(bytes))
    case .embed(let text): (try? JSONValue(parsing: Array(text.utf8))) ?? .null
    case .xml(let xml): .string(xml.name)
    case .document(let guid, _): .string(guid)
    case .any, .json, .text: TagValue(value).json
    }
  }
}
