/// What a map has for a key, or a list in one place.
public enum YValue: Sendable {
  /// A value of JavaScript.
  case any(AnyValue)
  /// A value as JSON text, as old versions of Yjs wrote it; `undefined` is no JSON, but possible.
  case json(String)
  /// Bytes.
  case binary([UInt8])
  /// An object within text, as JSON text.
  case embed(String)
  /// A shared map.
  case map(YMap)
  /// A shared array.
  case array(YArray)
  /// A shared text; formatted text in XML too.
  case text(YText)
  /// A shared XML element, fragment or hook.
  case xml(YXml)
  /// Another document, of which only the name and the options are here.
  case document(guid: String, options: AnyValue)

  /// The map; nil if this is none.
  public var map: YMap? { if case .map(let map) = self { map } else { nil } }
  /// The array; nil if this is none.
  public var array: YArray? { if case .array(let array) = self { array } else { nil } }
  /// The text; nil if this is none.
  public var text: YText? { if case .text(let text) = self { text } else { nil } }
  /// The XML; nil if this is none.
  public var xml: YXml? { if case .xml(let xml) = self { xml } else { nil } }
  /// The value; nil if this is none.
  public var any: AnyValue? { if case .any(let value) = self { value } else { nil } }
}

extension YDocument {
  /// The elements that an item holds.
  func values(of item: StoredStruct) -> [YValue] {
    let structs = store.clients[Int(item.client)]
    switch item.kind {
    case .gc, .skip, .deleted, .format: return []
    case .string: return [.any(.string(string(of: item)))]
    case .any:
      return (item.start..<item.start + item.length).map { index in
        structs.blobs[index].withUnsafeBytes {
          var reader = ByteReader($0)
          return .any((try? reader.any()) ?? .undefined)
        }
      }
    case .json:
      return (item.start..<item.start + item.length).map { .json(strings(structs.blobs[$0])[0]) }
    case .embed: return [.embed(strings(structs.blobs[item.start])[0])]
    case .binary:
      return structs.blobs[item.start].withUnsafeBytes {
        var reader = ByteReader($0)
        return [.binary((try? reader.array()) ?? [])]
      }
    case .document:
      return structs.blobs[item.start].withUnsafeBytes {
        var reader = ByteReader($0)
        let guid = (try? reader.string()) ?? ""
        return [.document(guid: guid, options: (try? reader.any()) ?? .undefined)]
      }
    case .type: return [value(item.branch)]
    }
  }

  /// The shared type that an item holds.
  private func value(_ branch: BranchHandle) -> YValue {
    let type = store.sharedType(branch)
    return switch store[branch].kind {
    case .map, nil: .map(YMap(document: self, type: type))
    case .array: .array(YArray(document: self, type: type))
    case .text, .xmlText: .text(YText(document: self, type: type))
    case .xmlElement, .xmlFragment, .xmlHook: .xml(YXml(document: self, type: type))
    }
  }

  func string(of item: StoredStruct) -> String {
    let text = store.clients[Int(item.client)].text
    return String(decoding: text[item.start..<item.start + item.length], as: UTF16.self)
  }

  /// The two strings of a format, or the one of other contents; at least one.
  func strings(_ blob: ArraySlice<UInt8>) -> [String] {
    blob.withUnsafeBytes {
      var reader = ByteReader($0)
      var strings: [String] = []
      while let next = try? reader.string() { strings.append(next) }
      return strings.isEmpty ? [""] : strings
    }
  }
}
