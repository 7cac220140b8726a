import Testing

@testable import WebSocket

@Suite struct MaskingTests {
  /// Every length and every start against the definition in RFC 6455, section 5.3.
  @Test func matchesTheDefinition() {
    let key: UInt32 = 0x3d21_fa37
    let keyBytes: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
    for length in 0...70 {
      let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      for offset in 0..<5 {
        var bytes = plain
        bytes.withUnsafeMutableBytes { Masking.apply(Masking.key(key, at: offset), to: $0) }
        let expected = plain.enumerated().map { $1 ^ keyBytes[($0 + offset) % 4] }
        #expect(bytes == expected, "length \(length), offset \(offset)")
      }
    }
  }
}
