/// Each name of a root, of a map's entry or of an element once, as UTF-8.
struct KeyTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var index = HashIndex()

  /// The number of a name that is there already.
  func find(_ name: UnsafeRawBufferPointer) -> Key? {
    index.find(Self.hash(name)) { equals($0, name) }.map { Key($0) }
  }

  func find(_ name: String) -> Key? {
    var name = name
    return name.withUTF8 { find(UnsafeRawBufferPointer($0)) }
  }

  /// The number of a name.
  mutating func number(_ name: UnsafeRawBufferPointer) -> Key {
    let hash = Self.hash(name)
    if let known = index.find(hash, isEqual: { equals($0, name) }) { return Key(known) }
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    index.insert(ends.count - 1, hash: hash) { [bytes, ends] place in
      let start = place == 0 ? 0 : ends[place - 1]
      return bytes[start..<ends[place]].withUnsafeBytes { Self.hash($0) }
    }
    return Key(ends.count - 1)
  }

  mutating func number(_ name: String) -> Key {
    var name = name
    return name.withUTF8 { number(UnsafeRawBufferPointer($0)) }
  }

  /// The UTF-8 of a name.
  subscript(key: Key) -> ArraySlice<UInt8> { bytes[range(key.index)] }

  func string(_ key: Key) -> String { String(decoding: self[key], as: UTF8.self) }

  private func range(_ place: Int) -> Range<Int> {
    (place == 0 ? 0 : ends[place - 1])..<ends[place]
  }

  private func equals(_ place: Int, _ name: UnsafeRawBufferPointer) -> Bool {
    let range = range(place)
    return range.count == name.count && bytes[range].elementsEqual(name)
  }

  /// Seeded by the process, so that nobody can prepare names that collide.
  private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: name)
    return hasher.finalize()
  }
}

/// The number of a name in the table.
struct Key: Hashable, Sendable {
  let raw: Int32

  init(_ index: Int) { raw = Int32(truncatingIfNeeded: index) }

  /// No name: not a map's entry.
  static let none = Key(-1)
  var isNone: Bool { raw < 0 }
  var index: Int { Int(raw) }
}
