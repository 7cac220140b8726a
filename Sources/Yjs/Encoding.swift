/// Writes lib0's integers, strings and byte arrays.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func varUint(_ value: Int) {
    var rest = UInt(bitPattern: value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func varInt(magnitude: Int, isNegative: Bool) {
    let sign: UInt8 = isNegative ? 0x40 : 0
    let low = UInt8(truncatingIfNeeded: magnitude & 0x3F) | sign
    if magnitude < 0x40 {
      bytes.append(low)
    } else {
      bytes.append(low | 0x80)
      varUint(magnitude >> 6)
    }
  }

  mutating func id(_ id: ID) {
    varUint(id.client)
    varUint(id.clock)
  }

  mutating func counted(_ content: some Collection<UInt8>) {
    varUint(content.count)
    bytes.append(contentsOf: content)
  }

  mutating func string(_ text: String) { counted(text.utf8) }

  /// A string from UTF-16, as JavaScript encodes it: half a surrogate pair becomes U+FFFD.
  mutating func string(_ units: ArraySlice<UInt16>) {
    if units.allSatisfy({ $0 < 0x80 }) {
      varUint(units.count)
      bytes.append(contentsOf: units.lazy.map { UInt8(truncatingIfNeeded: $0) })
    } else {
      string(String(decoding: units, as: UTF16.self))
    }
  }

  /// Big-endian, as JavaScript's `DataView` writes it.
  mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
