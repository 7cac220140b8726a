/// The masking of RFC 6455, section 5.3: byte `i` of the payload is XORed with byte `i mod 4` of the
/// key. A key is a little-endian word, so that its lowest byte belongs to the payload's first.
enum Masking {
  /// The key for a run of bytes that starts at `offset` of the payload.
  static func key(_ key: UInt32, at offset: Int) -> UInt32 {
    let bits = UInt32(truncatingIfNeeded: offset & 3) &* 8
    return bits == 0 ? key : (key &>> bits) | (key &<< (32 &- bits))
  }

  /// Masks or unmasks in place; `key` belongs to the first byte.
  static func apply(_ key: UInt32, to bytes: UnsafeMutableRawBufferPointer) {
    guard key != 0 else { return }
    copy(UnsafeRawBufferPointer(bytes), masking: key, to: bytes)
  }

  /// Copies and masks in one pass; `target` is as long as `source`, and may be the same memory.
  static func copy(
    _ source: UnsafeRawBufferPointer, masking key: UInt32, to target: UnsafeMutableRawBufferPointer
  ) {
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    let count = min(source.count, target.count)
    let word = (UInt64(key) | UInt64(key) &<< 32).littleEndian
    let words = count & ~7
    var i = 0
    while i < words {
      let value = from.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      to.storeBytes(of: value ^ word, toByteOffset: i, as: UInt64.self)
      i &+= 8
    }
    var rest = key
    while i < count {
      let value = from.load(fromByteOffset: i, as: UInt8.self)
      to.storeBytes(of: value ^ UInt8(truncatingIfNeeded: rest), toByteOffset: i, as: UInt8.self)
      rest = rest &>> 8 | rest &<< 24
      i &+= 1
    }
  }
}
