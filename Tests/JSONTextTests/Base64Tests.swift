import Foundation
import JSONText
import Testing

@Suite struct Base64Tests {
  /// RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func vectors(text: String, encoded: String) {
    #expect(Base64.encode(text) == encoded)
    #expect(Base64.decodeText(encoded) == text)
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "====", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm9-",
    "Zm9_", "é===", "Z=g=",
  ])
  func refused(text: String) {
    #expect(Base64.decode(text) == nil)
    #expect(!isValid(text))
  }

  @Test func agreesWithFoundation() {
    for seed in UInt64(1)...200 {
      var random = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let text = Base64.encode(bytes)
      #expect(text == Data(bytes).base64EncodedString(), "seed \(seed)")
      #expect(Base64.decode(text) == bytes, "seed \(seed)")
      #expect(isValid(text), "seed \(seed)")
    }
  }

  @Test func bytesThatAreNoText() {
    #expect(Base64.decode("/w==") == [0xFF])
    #expect(Base64.decodeText("/w==") == nil)
  }

  private func isValid(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { Base64.isValid($0) }
  }
}
