import Yjs

extension Update {
  /// Merges all structs that follow each other, so that two updates can be compared which differ only
  /// in what has been merged.
  mutating func mergeStructs() {
    var merged: [Struct] = []
    for next in structs {
      if let last = merged.last, let both = last.merged(with: next) {
        merged[merged.count - 1] = both
      } else {
        merged.append(next)
      }
    }
    structs = merged
  }
}

extension Struct {
  fileprivate func merged(with next: Struct) -> Struct? {
    guard id.client == next.id.client, id.clock + length == next.id.clock else { return nil }
    switch (self, next) {
    case (.gc(var gc), .gc(let more)):
      gc.length += more.length
      return .gc(gc)
    case (.item(var item), .item(let more)):
      guard more.origin == ID(client: id.client, clock: next.id.clock - 1),
        item.rightOrigin == more.rightOrigin,
        let content = item.content.merged(with: more.content)
      else { return nil }
      item.content = content
      item.length += more.length
      return .item(item)
    default: return nil
    }
  }
}

extension Content {
  fileprivate func merged(with next: Content) -> Content? {
    switch (self, next) {
    case (.deleted(let count), .deleted(let more)): .deleted(count + more)
    case (.string(let text), .string(let more)): .string(text + more)
    case (.any(let values), .any(let more)): .any(values + more)
    case (.json(let values), .json(let more)): .json(values + more)
    default: nil
    }
  }
}
