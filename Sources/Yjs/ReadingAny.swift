extension AnyValue {
  /// The first value in the bytes.
  ///
  /// - Throws: ``YjsError`` where they are none, or are nested too deeply.
  public init(decoding bytes: [UInt8]) throws(YjsError) {
    self = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(YjsError) in
      var reader = ByteReader(bytes)
      return try reader.any()
    }
  }
}

extension ByteReader {
  /// A value of lib0's "any" encoding.
  mutating func any(depth: Int = 0) throws(YjsError) -> AnyValue {
    let start = position
    let tag = try byte()
    switch tag {
    case AnyTag.undefined: return .undefined
    case AnyTag.null: return .null
    case AnyTag.integer:
      let (magnitude, isNegative) = try varInt()
      return .number(isNegative ? -Double(magnitude) : Double(magnitude))
    case AnyTag.float32: return .number(Double(Float(bitPattern: try uint32())))
    case AnyTag.float64: return .number(Double(bitPattern: try uint64()))
    case AnyTag.bigInt: return .bigInt(Int64(bitPattern: try uint64()))
    case AnyTag.isFalse: return .bool(false)
    case AnyTag.isTrue: return .bool(true)
    case AnyTag.string: return .string(try string())
    case AnyTag.binary: return .binary(try array())
    case AnyTag.array:
      guard depth < AnyValue.maximumDepth else { throw YjsError(.nestedTooDeeply, at: start) }
      var elements: [AnyValue] = []
      for _ in 0..<(try varUint()) { elements.append(try any(depth: depth + 1)) }
      return .array(elements)
    case AnyTag.object:
      guard depth < AnyValue.maximumDepth else { throw YjsError(.nestedTooDeeply, at: start) }
      var members = Members()
      for _ in 0..<(try varUint()) {
        let name = try string()
        members.set(name, to: try any(depth: depth + 1))
      }
      return .object(members.inOrder)
    default: throw YjsError(.unknownKind(tag), at: start)
    }
  }

  /// Goes past a value, and tells whether Yjs would write it with the same bytes.
  ///
  /// What is checked is what ``any(depth:)`` checks.
  mutating func skipAny(depth: Int = 0) throws(YjsError) -> Bool {
    let start = position
    let tag = try byte()
    switch tag {
    case AnyTag.undefined, AnyTag.null, AnyTag.isFalse, AnyTag.isTrue: return true
    case AnyTag.bigInt:
      _ = try uint64()
      return true
    case AnyTag.integer, AnyTag.float32, AnyTag.float64:
      position = start
      guard case .number(let number) = try any() else { return false }
      return isWritten(start..<position) { $0.number(number) }
    case AnyTag.string:
      let range = try stringRange()
      return range.lowerBound - start == 1 + ByteWriter.size(ofVarUint: range.count)
    case AnyTag.binary:
      let range = try countedRange()
      return range.lowerBound - start == 1 + ByteWriter.size(ofVarUint: range.count)
    case AnyTag.array:
      guard depth < AnyValue.maximumDepth else { throw YjsError(.nestedTooDeeply, at: start) }
      let count = try varUint()
      var isCanonical = position - start == 1 + ByteWriter.size(ofVarUint: count)
      for _ in 0..<count where try !skipAny(depth: depth + 1) { isCanonical = false }
      return isCanonical
    case AnyTag.object:
      guard depth < AnyValue.maximumDepth else { throw YjsError(.nestedTooDeeply, at: start) }
      let count = try varUint()
      // Names that repeat, or that JavaScript would sort, are told from others by a full look.
      var isCanonical = count < 2 && position - start == 1 + ByteWriter.size(ofVarUint: count)
      for _ in 0..<count {
        _ = try stringRange()
        if try !skipAny(depth: depth + 1) { isCanonical = false }
      }
      return isCanonical
    default: throw YjsError(.unknownKind(tag), at: start)
    }
  }

  private func isWritten(_ range: Range<Int>, _ write: (inout ByteWriter) -> Void) -> Bool {
    var writer = ByteWriter()
    write(&writer)
    return writer.bytes.elementsEqual(bytes[range])
  }
}

/// An object's members as JavaScript keeps them: a repeated name keeps its place and takes the later
/// value, and names that are array indices come first, ascending.
private struct Members {
  private var all: [AnyValue.Member] = []
  private var places: [[UInt8]: Int] = [:]

  mutating func set(_ name: String, to value: AnyValue) {
    let place = places[Array(name.utf8), default: all.count]
    if place < all.count {
      all[place].value = value
    } else {
      places[Array(name.utf8)] = place
      all.append(AnyValue.Member(name: name, value: value))
    }
  }

  var inOrder: [AnyValue.Member] {
    let indices = all.compactMap { member in arrayIndex(member.name).map { ($0, member) } }
    if indices.isEmpty { return all }
    return indices.sorted { $0.0 < $1.0 }.map(\.1) + all.filter { arrayIndex($0.name) == nil }
  }

  private func arrayIndex(_ name: String) -> UInt32? {
    guard let index = UInt32(name), index < .max, String(index).utf8.elementsEqual(name.utf8)
    else { return nil }
    return index
  }
}
