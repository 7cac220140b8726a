public import JSONText
public import Yjs

extension JSONWriter {
  /// Writes the members of an object that tells what an update says:
  ///
  /// - `clients`: of each client the clocks from the first (`clock`) to behind the last (`end`), gaps
  ///   included;
  /// - `structs`: `client`, `clock`, `length`, `kind` (`item`, `gc`, `skip`); of an item where it
  ///   belongs (`parent`, `key`, `origin`, `rightOrigin`, as far as the update says it) and what it
  ///   holds: `content`, and the member or members that belong to that;
  /// - `deletions`: `client`, `clock`, `length`.
  public mutating func members(of update: Update) {
    key("clients")
    beginArray()
    for range in update.clockRanges {
      beginObject()
      member("client", range.client)
      member("clock", range.clocks.lowerBound)
      member("end", range.clocks.upperBound)
      endObject()
    }
    endArray()
    key("structs")
    beginArray()
    for each in update.structs { write(each) }
    endArray()
    key("deletions")
    beginArray()
    for range in update.deleteSet.ranges {
      beginObject()
      member("client", range.client)
      member("clock", range.clock)
      member("length", range.length)
      endObject()
    }
    endArray()
  }

  private mutating func write(_ each: Struct) {
    beginObject()
    member("client", each.id.client)
    member("clock", each.id.clock)
    member("length", each.length)
    key("kind")
    switch each {
    case .gc: string("gc")
    case .skip: string("skip")
    case .item(let item):
      string("item")
      members(of: item)
    }
    endObject()
  }

  private mutating func members(of item: Item) {
    switch item.parent {
    case nil: break
    case .root(let name):
      key("parent")
      beginObject()
      key("root")
      string(name)
      endObject()
    case .item(let id): member("parent", id)
    }
    if let name = item.parentSub {
      key("key")
      string(name)
    }
    if let origin = item.origin { member("origin", origin) }
    if let origin = item.rightOrigin { member("rightOrigin", origin) }
    members(of: item.content)
  }

  private mutating func members(of content: Content) {
    key("content")
    switch content {
    case .deleted: string("deleted")
    case .json(let texts):
      string("json")
      key("values")
      beginArray()
      for text in texts { jsonText(text) }
      endArray()
    case .binary(let bytes):
      string("binary")
      key("bytes")
      string(Base64.encode(bytes))
    case .string(let text):
      string("string")
      key("text")
      string(text)
    case .embed(let text):
      string("embed")
      key("value")
      jsonText(text)
    case .format(let name, let text):
      string("format")
      key("name")
      string(name)
      key("value")
      jsonText(text)
    case .type(let kind, let name):
      string("type")
      key("shared")
      string(kind.text)
      if let name {
        key("name")
        string(name)
      }
    case .any(let values):
      string("any")
      key("values")
      beginArray()
      for each in values { value(JSONValue(each)) }
      endArray()
    case .document(let guid, let options):
      string("document")
      key("guid")
      string(guid)
      key("options")
      value(JSONValue(options))
    }
  }

  private mutating func member(_ name: StaticString, _ number: Int) {
    key(name)
    self.number(number)
  }

  private mutating func member(_ name: StaticString, _ id: ID) {
    key(name)
    beginObject()
    member("client", id.client)
    member("clock", id.clock)
    endObject()
  }

  /// Writes what was JSON text when it was made; what is none is written as a string.
  private mutating func jsonText(_ text: String) {
    if let json = try? JSONValue(parsing: Array(text.utf8)) { value(json) } else { string(text) }
  }
}

extension Update {
  /// The clocks of each client, in the order of the structs.
  fileprivate var clockRanges: [(client: Int, clocks: Range<Int>)] {
    var ranges: [(client: Int, clocks: Range<Int>)] = []
    for each in structs {
      let end = each.id.clock + each.length
      if let last = ranges.last, last.client == each.id.client {
        ranges[ranges.count - 1].clocks =
          min(last.clocks.lowerBound, each.id.clock)..<max(last.clocks.upperBound, end)
      } else {
        ranges.append((each.id.client, each.id.clock..<end))
      }
    }
    return ranges
  }
}

extension TypeKind {
  fileprivate var text: String {
    switch self {
    case .array: "array"
    case .map: "map"
    case .text: "text"
    case .xmlElement: "xmlElement"
    case .xmlFragment: "xmlFragment"
    case .xmlHook: "xmlHook"
    case .xmlText: "xmlText"
    }
  }
}
