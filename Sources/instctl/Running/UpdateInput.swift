import JSONText
import Yjs

/// A line or an argument as updates.
enum UpdateInput {
  /// An empty line, or one of another type.
  case nothing
  case updates([String])
  case bad(reason: String)

  init(_ text: [UInt8], checks: Bool) {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
    let end = text.lastIndex { !isSpace($0) } ?? text.endIndex
    guard start < text.endIndex else {
      self = .nothing
      return
    }
    let trimmed = text[start...end]
    self =
      trimmed.first == UInt8(ascii: "{")
      ? Self.object(Array(trimmed), checks: checks)
      : Self.list([String(validating: trimmed, as: UTF8.self)], checks: checks)
  }

  private static func object(_ text: [UInt8], checks: Bool) -> UpdateInput {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
      return .bad(reason: "not valid JSON: \(error)")
    }
    guard let updates = value["updates"] else {
      return value["type"]?.stringValue != nil
        ? .nothing : .bad(reason: "the object has neither updates nor a type")
    }
    guard let elements = updates.arrayValue else {
      return .bad(reason: "updates is not an array")
    }
    return list(elements.map(\.stringValue), checks: checks)
  }

  private static func list(_ updates: [String?], checks: Bool) -> UpdateInput {
    var checked: [String] = []
    for update in updates {
      guard let update else { return .bad(reason: "an update is no text") }
      if checks, let reason = fault(of: update) { return .bad(reason: reason) }
      checked.append(update)
    }
    return checked.isEmpty ? .nothing : .updates(checked)
  }

  /// Why a text is no update; nil where it is one. Data that is none can bring a server down.
  private static func fault(of update: String) -> String? {
    switch FoundUpdate.Content(base64: update) {
    case .unreadable(let reason): return reason
    case .bytes(let bytes):
      do throws(YjsError) { try validateUpdate(bytes) } catch {
        return "not a Yjs update: \(error)"
      }
      return nil
    }
  }
}
