import Testing

@testable import WebSocket

/// The examples of FIPS 180-4 and of RFC 3174, section 7.3, and every length around a block's end.
@Suite struct SHA1Tests {
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    (
      String(repeating: "01234567", count: 80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"
    ),
    (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
  ])
  func examples(message: String, digest: String) {
    #expect(hex(SHA1.digest(Array(message.utf8))) == digest)
  }

  @Test func lengthsAroundABlock() {
    // The digest of all the digests, as `sha1sum` gives it.
    let digests = (50...70).flatMap { SHA1.digest([UInt8](repeating: 0x78, count: $0)) }
    #expect(hex(SHA1.digest(digests)) == "c16cccd1f5abf29ae34ee23a02a996fb070e867d")
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
  }
}
