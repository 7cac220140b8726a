import Foundation
import Yjs

/// A document's state as one text, the same as `yjs_oracle.py` writes it.
enum CanonicalState {
  static func of(_ document: YDocument) -> String {
    object([
      "map": of(.map(document.map("map"))),
      "text": of(.text(document.text("text"))),
      "array": of(.array(document.array("array"))),
      "xml": of(.xml(document.xml("xml"))),
    ])
  }

  static func of(_ value: YValue) -> String {
    switch value {
    case .any(let value): of(value)
    case .json(let text), .embed(let text): ofJSON(text)
    case .binary(let bytes): "b" + hex(bytes)
    case .map(let map):
      object(
        Dictionary(
          map.keys.map { ($0, map[$0].map(of) ?? "?") }, uniquingKeysWith: { $1 }))
    case .array(let array): list(array.elements.map(of))
    case .text(let text): of(text)
    case .xml(let xml): of(xml)
    case .document(let guid, _): of(AnyValue.string(guid))
    }
  }

  static func of(_ value: AnyValue) -> String {
    switch value {
    case .undefined, .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): "n" + hex(value.bitPattern)
    case .bigInt(let value): "n" + hex(Double(value).bitPattern)
    case .string(let text): "s" + hex(text.utf8)
    case .binary(let bytes): "b" + hex(bytes)
    case .array(let elements): list(elements.map(of))
    case .object(let members):
      object(Dictionary(members.map { ($0.name, of($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }

  private static func of(_ text: YText) -> String {
    "t"
      + list(
        text.runs.map { run in
          let content =
            switch run.content {
            case .string(let text): of(.string(text))
            case .value(let value): of(value)
            }
          return list([content, attributes(run.attributes)])
        })
  }

  private static func of(_ xml: YXml) -> String {
    if xml.name.isEmpty { return "f" + list(xml.children.map(of)) }
    return "e"
      + list([
        of(.string(xml.name)), of(.map(xml.attributes)), list(xml.children.map(of)),
      ])
  }

  private static func attributes(_ attributes: [(name: String, json: String)]) -> String {
    object(
      Dictionary(attributes.map { ($0.name, ofJSON($0.json)) }, uniquingKeysWith: { $1 }))
  }

  private static func ofJSON(_ text: String) -> String {
    guard
      let value = try? JSONSerialization.jsonObject(
        with: Data(text.utf8), options: .fragmentsAllowed)
    else { return "null" }
    return ofJSON(value)
  }

  private static func ofJSON(_ value: Any) -> String {
    switch value {
    case is NSNull: "null"
    case let text as String: of(.string(text))
    case let number as NSNumber:
      String(cString: number.objCType) == "c"
        ? of(.bool(number.boolValue)) : of(.number(number.doubleValue))
    case let elements as [Any]: list(elements.map(ofJSON))
    case let members as [String: Any]: object(members.mapValues(ofJSON))
    default: "?"
    }
  }

  private static func list(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ",") + "]"
  }

  private static func object(_ members: [String: String]) -> String {
    let pairs = members.map { (of(.string($0.key)), $0.value) }.sorted { $0 < $1 }
    return "{" + pairs.map { $0.0 + ":" + $0.1 }.joined(separator: ",") + "}"
  }

  private static func hex(_ bits: UInt64) -> String {
    withUnsafeBytes(of: bits.bigEndian) { hex($0) }
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
