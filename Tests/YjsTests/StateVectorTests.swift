import Testing
import Yjs

/// What Yjs calls an encoded state vector.
@Suite("State vectors")
struct StateVectorTests {
  @Test("Higher clients come first; a client of which nothing is known is left out")
  func encodes() throws {
    var state = StateVector()
    state[5] = 1
    state[300] = 129
    state[7] = 0
    #expect(state.encoded == [2, 0xAC, 0x02, 0x81, 0x01, 5, 1])
    #expect(try StateVector(decoding: state.encoded) == state)
    #expect(state[7] == 0 && state[300] == 129)
  }

  @Test("A state includes another if it is nowhere behind")
  func includes() {
    var one = StateVector()
    one[1] = 3
    var other = one
    #expect(one.includes(other))
    other[2] = 1
    #expect(!one.includes(other))
    #expect(other.includes(one))
  }

  @Test(
    "What is none is an error with its place",
    arguments: [
      ([], YjsError(.truncated, at: 0)),
      ([1, 2], YjsError(.truncated, at: 2)),
      ([0, 0], YjsError(.trailingBytes, at: 1)),
      ([1] + [UInt8](repeating: 0xFF, count: 9), YjsError(.integerOutOfRange, at: 1)),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], YjsError(.truncated, at: 8)),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x10], YjsError(.integerOutOfRange, at: 0)),
    ] as [([UInt8], YjsError)])
  func refuses(bytes: [UInt8], error: YjsError) {
    #expect(throws: error) { try StateVector(decoding: bytes) }
  }
}
