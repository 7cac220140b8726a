/// What stands for half of a surrogate pair whose other half is elsewhere.
let replacement: UInt16 = 0xFFFD

extension ByteReader {
  /// Nothing but well-formed UTF-8 is in this range: no surrogates, no overlong forms.
  func checkUTF8(_ range: Range<Int>) throws(YjsError) {
    var index = range.lowerBound
    let end = range.upperBound
    while index < end {
      if index &+ 8 <= end,
        bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index &+= 8
        continue
      }
      let first = bytes[index]
      if first < 0x80 {
        index &+= 1
        continue
      }
      // The table of the Unicode standard: only the second byte's range depends on the first.
      let count: Int
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch first {
      case 0xC2...0xDF: count = 2
      case 0xE0: (count, second) = (3, 0xA0...0xBF)
      case 0xED: (count, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: count = 3
      case 0xF0: (count, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: count = 4
      case 0xF4: (count, second) = (4, 0x80...0x8F)
      default: throw YjsError(.invalidUTF8, at: index)
      }
      guard count <= end - index, second.contains(bytes[index + 1]) else {
        throw YjsError(.invalidUTF8, at: index)
      }
      for other in index + 2..<max(index + count, index + 2) where bytes[other] & 0xC0 != 0x80 {
        throw YjsError(.invalidUTF8, at: index)
      }
      index &+= count
    }
  }

  /// How many UTF-16 code units the UTF-8 in a range makes.
  func utf16Count(_ range: Range<Int>) -> Int {
    var count = 0
    for index in range {
      let byte = bytes[index]
      // A continuation adds nothing, the head of four bytes is a surrogate pair.
      count &+= (byte & 0xC0 != 0x80 ? 1 : 0) &+ (byte >= 0xF0 ? 1 : 0)
    }
    return count
  }

  /// Appends the UTF-16 of checked UTF-8.
  func appendUTF16(_ range: Range<Int>, to units: inout [UInt16]) {
    var index = range.lowerBound
    while index < range.upperBound {
      let first = bytes[index]
      if first < 0x80 {
        units.append(UInt16(first))
        index &+= 1
        continue
      }
      let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      var scalar = UInt32(first) & (0x7F >> UInt32(count))
      for other in index &+ 1..<index &+ count {
        scalar = scalar << 6 | UInt32(bytes[other] & 0x3F)
      }
      if scalar < 0x1_0000 {
        units.append(UInt16(truncatingIfNeeded: scalar))
      } else {
        units.append(UInt16(truncatingIfNeeded: 0xD7C0 + scalar >> 10))
        units.append(UInt16(truncatingIfNeeded: 0xDC00 + scalar & 0x3FF))
      }
      index &+= count
    }
  }
}

/// The part of a text behind so many code units; half a pair becomes U+FFFD.
func suffix(of units: ArraySlice<UInt16>, from offset: Int) -> ArraySlice<UInt16> {
  var rest = units.dropFirst(offset)
  if offset > 0, let first = rest.first, UTF16.isTrailSurrogate(first) {
    rest[rest.startIndex] = replacement
  }
  return rest
}
