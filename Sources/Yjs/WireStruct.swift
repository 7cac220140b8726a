/// A struct where it lies in an update: what is short is read, texts and contents are told by their
/// range.
struct WireStruct {
  var kind: StructKind
  var client: Int
  var clock: Int
  var length: Int
  var origin: ID?
  var rightOrigin: ID?
  var parent: WireParent = .asOrigin
  /// The UTF-8 of the key in a map, where it is written: beside a parent.
  var key: Range<Int>?
  /// What an item holds, behind the count of its characters, elements or deleted clocks.
  var content: Range<Int>
  /// Yjs would write the content's values with the same bytes.
  var isCanonical = true

  var end: Int { clock + length }
}

/// Where an item belongs.
enum WireParent {
  /// To where its origin, or right origin, belongs.
  case asOrigin
  /// To a type that the document names.
  case root(Range<Int>)
  /// To the type that an item holds.
  case item(ID)
}

/// Reads the structs that an update has of one client, one after the other.
struct StructCursor {
  let client: Int
  private(set) var reader: ByteReader
  /// The clock of the next struct.
  private(set) var clock: Int
  /// How many are left.
  private(set) var remaining: Int

  /// Reads from the first struct on, behind the section's head.
  init(client: Int, clock: Int, count: Int, reader: ByteReader) {
    self.client = client
    self.clock = clock
    self.reader = reader
    remaining = count
  }

  /// The next struct. Those that cover no clock are left out: Yrs writes some, Yjs none.
  mutating func next() throws(YjsError) -> WireStruct? {
    while remaining > 0 {
      let next = try read()
      remaining -= 1
      if next.length > 0 { return next }
    }
    return nil
  }

  private mutating func read() throws(YjsError) -> WireStruct {
    let start = reader.position
    let info = try reader.byte()
    guard let kind = StructKind(rawValue: info & InfoBits.kind) else {
      throw YjsError(.unknownKind(info & InfoBits.kind), at: start)
    }
    var next = WireStruct(kind: kind, client: client, clock: clock, length: 1, content: 0..<0)
    if kind.isItem {
      if info & InfoBits.origin != 0 { next.origin = try reference(from: start) }
      if info & InfoBits.rightOrigin != 0 { next.rightOrigin = try reference(from: start) }
      if info & (InfoBits.origin | InfoBits.rightOrigin) == 0 {
        next.parent =
          try reader.varUint() == 1
          ? .root(try reader.stringRange()) : .item(try reference(from: start))
        if info & InfoBits.key != 0 { next.key = try reader.stringRange() }
      }
      try reader.content(of: &next)
    } else {
      next.length = try reader.varUint()
    }
    guard next.length <= ByteReader.maximum - clock else {
      throw YjsError(.integerOutOfRange, at: start)
    }
    clock += next.length
    return next
  }

  private mutating func reference(from start: Int) throws(YjsError) -> ID {
    let id = ID(client: try reader.varUint(), clock: try reader.varUint())
    guard id.client != client || id.clock < clock else {
      throw YjsError(.referenceToLater, at: start)
    }
    return id
  }
}

extension ByteReader {
  /// Goes past an item's content, and notes where it is and how many clocks it covers.
  fileprivate mutating func content(of item: inout WireStruct) throws(YjsError) {
    switch item.kind {
    case .gc, .skip: return
    case .deleted:
      item.length = try varUint()
      item.content = position..<position
    case .string:
      item.content = try stringRange()
      item.length = utf16Count(item.content)
    case .json:
      item.length = try varUint()
      let start = position
      for _ in 0..<item.length { _ = try stringRange() }
      item.content = start..<position
    case .any:
      item.length = try varUint()
      let start = position
      for _ in 0..<item.length {
        let isCanonical = try skipAny()
        if !isCanonical { item.isCanonical = false }
      }
      item.content = start..<position
    case .binary:
      let start = position
      _ = try countedRange()
      item.content = start..<position
    case .embed:
      let start = position
      _ = try stringRange()
      item.content = start..<position
    case .format:
      let start = position
      _ = try stringRange()
      _ = try stringRange()
      item.content = start..<position
    case .type:
      let start = position
      _ = try type()
      item.content = start..<position
    case .document:
      let start = position
      _ = try stringRange()
      item.isCanonical = try skipAny()
      item.content = start..<position
    }
  }

  /// Which type it is, and where its name is.
  mutating func type() throws(YjsError) -> (kind: TypeKind, name: Range<Int>?) {
    let start = position
    let number = try varUint()
    guard let kind = UInt8(exactly: number).flatMap(TypeKind.init) else {
      throw YjsError(.unknownKind(UInt8(clamping: number)), at: start)
    }
    return (kind, kind.isNamed ? try stringRange() : nil)
  }
}
