import Foundation
import Testing
import Yjs

/// An operation of `yjs_oracle.py`.
struct Operation {
  private enum Kind {
    case set(String, AnyValue)
    case map(String)
    case text(String, String)
    case remove(String)
    case insert(Int, String)
    case delete(Range<Int>)
  }

  private let kind: Kind
  private let path: [String]

  init(_ parts: [Any]) throws {
    path = try #require(parts[1] as? [String])
    let key = parts[2] as? String ?? ""
    let text = parts.count > 3 ? parts[3] as? String ?? "" : ""
    switch parts[0] as? String {
    case "set": kind = .set(key, try Self.value(parts[3]))
    case "map": kind = .map(key)
    case "text": kind = .text(key, text)
    case "remove": kind = .remove(key)
    case "insert": kind = .insert(try #require(parts[2] as? Int), text)
    case "delete":
      kind = .delete(try #require(parts[2] as? Int)..<#require(parts[3] as? Int))
    default: throw Unknown()
    }
  }

  private struct Unknown: Error {}

  private static func value(_ value: Any) throws -> AnyValue {
    if let text = value as? String { return .string(text) }
    if value is NSNull { return .null }
    return .bool(try #require(value as? Bool))
  }

  func run(_ transaction: inout YTransaction) throws(YTransaction.Failure) {
    var type = SharedType.root(path[0])
    for key in path.dropFirst() {
      guard let inner = transaction.type(key, in: type) else { throw .noSuchType }
      type = inner
    }
    switch kind {
    case .set(let key, let value): try transaction.set(key, to: value, in: type)
    case .map(let key): _ = try transaction.setMap(key, in: type)
    case .text(let key, let text): try transaction.setText(key, to: text, in: type)
    case .remove(let key): try transaction.remove(key, in: type)
    case .insert(let index, let text): try transaction.insert(text, at: index, in: type)
    case .delete(let range): try transaction.delete(range, in: type)
    }
  }
}
