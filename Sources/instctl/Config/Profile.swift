import InstProtocol
import JSONText

/// A named set of settings, and the insts that its user works with.
struct Profile: Sendable {
  let name: String
  /// The values of each setting, in the order of the file.
  private(set) var values: [(setting: Setting, texts: [String])]
  /// Insts that completions offer.
  var insts: [String]

  init(name: String) {
    self.name = name
    values = []
    insts = []
  }

  /// The texts of a setting; nil where the profile says nothing of it.
  func texts(_ setting: Setting) -> [String]? {
    values.first { $0.setting == setting }?.texts
  }

  mutating func set(_ setting: Setting, _ texts: [String]) {
    values.removeAll { $0.setting == setting }
    values.append((setting, texts))
  }

  // MARK: The file

  private static let instsField = "insts"

  /// Reads a profile.
  ///
  /// - Parameter path: where it is, for the message.
  init(name: String, parsing text: [UInt8], path: String) throws(Failure) {
    self.init(name: name)
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
      throw .brokenConfiguration(path, "it is not valid JSON: \(error)")
    }
    guard let members = value.objectValue else {
      throw .brokenConfiguration(path, "it is not a JSON object")
    }
    for member in members {
      let texts = try Self.texts(of: member, path: path)
      if member.name == Self.instsField {
        insts = texts
        continue
      }
      guard let setting = Setting(field: member.name) else {
        throw .brokenConfiguration(
          path, "there is no setting '\(member.name)'",
          hint: "'instctl help environment' lists the fields")
      }
      guard setting.isList || texts.count == 1 else {
        throw .brokenConfiguration(path, "'\(member.name)' must have one value")
      }
      set(setting, texts)
    }
  }

  private static func texts(of member: JSONMember, path: String) throws(Failure) -> [String] {
    switch member.value {
    case .array(let elements):
      var texts: [String] = []
      for element in elements {
        texts.append(try text(of: element, member.name, path: path))
      }
      return texts
    default: return [try text(of: member.value, member.name, path: path)]
    }
  }

  private static func text(
    of value: JSONValue, _ name: String, path: String
  ) throws(Failure) -> String {
    switch value {
    case .string(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let number): return "\(number)"
    case .null, .array, .object:
      throw .brokenConfiguration(path, "'\(name)' is no text, number, true or false")
    }
  }

  /// The file's text.
  var json: [UInt8] {
    var members = values.map { setting, texts in
      JSONMember(
        name: setting.field,
        value: setting.isList
          ? .array(texts.map(JSONValue.string)) : .string(texts.first ?? ""))
    }
    if !insts.isEmpty {
      members.append(
        JSONMember(name: Self.instsField, value: .array(insts.map(JSONValue.string))))
    }
    var writer = JSONWriter()
    writer.value(.object(members))
    writer.finishLine()
    return writer.bytes
  }
}

extension Failure {
  /// A file of the configuration, or a variable, that cannot be used.
  static func brokenConfiguration(
    _ place: String, _ reason: String, hint: String? = nil
  ) -> Failure {
    Failure(
      code: "broken_configuration", layer: .config, message: "'\(place)' is broken: \(reason)",
      hint: hint, exit: .configuration)
  }
}
