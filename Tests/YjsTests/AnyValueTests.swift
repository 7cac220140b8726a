import Testing
import Yjs

/// lib0's "any" encoding (PROTOCOL section 9: the values of tags).
@Suite("Any values")
struct AnyValueTests {
  @Test(
    "Values have lib0's bytes",
    arguments: [
      (.undefined, [127]), (.null, [126]), (.bool(true), [120]), (.bool(false), [121]),
      (.number(0), [125, 0]), (.number(-0.0), [125, 0x40]), (.number(63), [125, 63]),
      (.number(64), [125, 0x80, 1]), (.number(-64), [125, 0xC0, 1]),
      (.number(2_147_483_647), [125, 0xBF, 0xFF, 0xFF, 0xFF, 0x0F]),
      (.number(2_147_483_648), [124, 0x4F, 0, 0, 0]),
      (.number(0.1), [123, 0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A]),
      (.number(-1.5), [124, 0xBF, 0xC0, 0, 0]),
      (.number(.infinity), [124, 0x7F, 0x80, 0, 0]),
      (.bigInt(-2), [122, 255, 255, 255, 255, 255, 255, 255, 254]),
      (.string("ä"), [119, 2, 0xC3, 0xA4]), (.binary([1]), [116, 1, 1]),
      (.array([.null, .array([])]), [117, 2, 126, 117, 0]),
      (.object([.init(name: "a", value: .null)]), [118, 1, 1, 0x61, 126]),
    ] as [(AnyValue, [UInt8])])
  func encodes(value: AnyValue, bytes: [UInt8]) throws {
    #expect(value.encoded == bytes)
    #expect(try AnyValue(decoding: bytes) == value)
  }

  @Test("NaN has one form")
  func nan() throws {
    #expect(AnyValue.number(-.nan).encoded == [123, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0])
  }

  @Test("Nesting has a limit")
  func nesting() throws {
    let most = [UInt8](repeating: 117, count: AnyValue.maximumDepth)
    let ones = [UInt8](repeating: 1, count: AnyValue.maximumDepth)
    let nested = zip(most, ones).flatMap { [$0, $1] }
    #expect(throws: Never.self) { try AnyValue(decoding: nested + [126]) }
    #expect(throws: YjsError(.nestedTooDeeply, at: 2 * AnyValue.maximumDepth)) {
      try AnyValue(decoding: nested + [117, 1, 126])
    }
  }
}
