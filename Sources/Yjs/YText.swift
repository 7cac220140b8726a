/// A shared text as it was when it was asked for. It holds the whole document: to change that while
/// this exists costs a copy.
public struct YText: Sendable {
  let document: YDocument
  /// The text's name, for transactions.
  public let type: SharedType

  private var branch: BranchHandle? { document.store.branch(type) }

  /// How long it is: UTF-16 code units, an embedded object counting as one.
  public var length: Int { branch.map { document.store[$0].length } ?? 0 }

  /// The text, without formats and embedded objects.
  public var string: String {
    var units: [UInt16] = []
    document.store.forEachItem(branch) { item in
      guard item.kind == .string else { return }
      let text = document.store.clients[Int(item.client)].text
      units += text[item.start..<item.start + item.length]
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// A part that is formatted alike.
  public struct Run: Sendable {
    /// What is there.
    public enum Content: Sendable {
      /// Text.
      case string(String)
      /// An embedded object, as JSON text, or a shared type.
      case value(YValue)
    }

    /// The text, or the one object.
    public var content: Content
    /// The formats: JSON text by name, sorted by name.
    public var attributes: [(name: String, json: String)]
  }

  /// The text with its formats: what Yjs calls a delta.
  public var runs: [Run] {
    var runs: [Run] = []
    var attributes: [String: String] = [:]
    // The text of one run, and its attributes.
    var units: [UInt16] = []
    var common: [String: String] = [:]
    func add(_ content: Run.Content, _ attributes: [String: String]) {
      let sorted = attributes.sorted { $0.key < $1.key }.map { (name: $0.key, json: $0.value) }
      runs.append(Run(content: content, attributes: sorted))
    }
    func endString() {
      if units.isEmpty { return }
      add(.string(String(decoding: units, as: UTF16.self)), common)
      units = []
    }
    document.store.forEachItem(branch) { item in
      let structs = document.store.clients[Int(item.client)]
      switch item.kind {
      case .string:
        if common != attributes { endString() }
        common = attributes
        units += structs.text[item.start..<item.start + item.length]
      case .format:
        let format = document.strings(structs.blobs[item.start])
        guard format.count == 2 else { return }
        attributes[format[0]] = format[1] == "null" ? nil : format[1]
      default:
        endString()
        for value in document.values(of: item) { add(.value(value), attributes) }
      }
    }
    endString()
    return runs
  }

  /// The attributes of text in XML.
  public var attributes: YMap { YMap(document: document, type: type) }
}

extension YDocument {
  /// The text that the document has under a name; empty if nobody has put anything there.
  public func text(_ name: String) -> YText { YText(document: self, type: .root(name)) }

  /// A text within the document.
  public func text(_ type: SharedType) -> YText { YText(document: self, type: type) }
}
