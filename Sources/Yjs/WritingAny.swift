extension AnyValue {
  /// The bytes that lib0 writes for the value.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.any(self)
    return writer.bytes
  }
}

extension ByteWriter {
  mutating func any(_ value: AnyValue) {
    switch value {
    case .undefined: byte(AnyTag.undefined)
    case .null: byte(AnyTag.null)
    case .bool(let isTrue): byte(isTrue ? AnyTag.isTrue : AnyTag.isFalse)
    case .number(let value): number(value)
    case .bigInt(let value):
      byte(AnyTag.bigInt)
      fixed(value)
    case .string(let text):
      byte(AnyTag.string)
      string(text)
    case .binary(let content):
      byte(AnyTag.binary)
      counted(content)
    case .array(let elements):
      byte(AnyTag.array)
      varUint(elements.count)
      for element in elements { any(element) }
    case .object(let members):
      byte(AnyTag.object)
      varUint(members.count)
      for member in members {
        string(member.name)
        any(member.value)
      }
    }
  }

  /// The shortest of lib0's three forms that keeps the value.
  mutating func number(_ value: Double) {
    if let whole = Int32(exactly: value), whole != .min {
      byte(AnyTag.integer)
      varInt(magnitude: Int(whole.magnitude), isNegative: value.sign == .minus)
    } else if Double(Float(value)) == value {
      byte(AnyTag.float32)
      fixed(Float(value).bitPattern)
    } else {
      byte(AnyTag.float64)
      fixed(value.isNaN ? 0x7FF8_0000_0000_0000 : value.bitPattern)
    }
  }

  /// A value from elsewhere, in the bytes with which Yjs would write it.
  mutating func any(_ range: Range<Int>, of reader: ByteReader, isCanonical: Bool) {
    if !isCanonical {
      var values = ByteReader(reader.bytes, range)
      if let value = try? values.any() { return any(value) }
    }
    bytes.append(contentsOf: reader.bytes[range])
  }

  static func size(ofVarUint value: Int) -> Int {
    value < 0x80 ? 1 : (Int.bitWidth - value.leadingZeroBitCount + 6) / 7
  }
}
