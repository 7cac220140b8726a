import JSONText

/// The first difference between a recorded frame and one of our server, or nil.
///
/// Numbers are compared by value, members in any order. Of `issues` the paths count, and of times that
/// they are there; the words for people do not count.
func difference(_ recorded: JSONValue, _ ours: JSONValue, at path: String = "") -> String? {
  switch (recorded, ours) {
  case (.object(let recordedMembers), .object(let ourMembers)):
    let names = Set(recordedMembers.map(\.name)).union(ourMembers.map(\.name)).sorted()
    for name in names {
      let place = "\(path).\(name)"
      guard let one = recorded[name] else { return "\(place) is too much" }
      guard let other = ours[name] else { return "\(place) is missing" }
      if let difference = memberDifference(name, one, other, at: place) { return difference }
    }
    return nil
  case (.array(let one), .array(let other)):
    guard one.count == other.count else { return "\(path): \(other.count) of \(one.count)" }
    for (index, pair) in zip(one, other).enumerated() {
      if let difference = difference(pair.0, pair.1, at: "\(path)[\(index)]") {
        return difference
      }
    }
    return nil
  case (.number(let one), .number(let other)):
    return one.double == other.double ? nil : "\(path): \(other) instead of \(one)"
  default: return recorded == ours ? nil : "\(path): \(ours) instead of \(recorded)"
  }
}

private func memberDifference(
  _ name: String, _ recorded: JSONValue, _ ours: JSONValue, at path: String
) -> String? {
  switch name {
  case "errorMessage", "serverReceiveTime", "serverTransmitTime", "retryAfter":
    return recorded.kind == ours.kind ? nil : "\(path): \(ours) instead of \(recorded)"
  case "timestamps":
    return recorded.arrayValue?.count == ours.arrayValue?.count ? nil : "\(path): another number"
  case "issues":
    let paths = recorded.arrayValue?.map { $0["path"] ?? .null }
    let ourPaths = ours.arrayValue?.map { $0["path"] ?? .null }
    return paths == ourPaths ? nil : "\(path): about \(ourPaths ?? []) instead of \(paths ?? [])"
  default: return difference(recorded, ours, at: path)
  }
}
