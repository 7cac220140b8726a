/// `Sec-WebSocket-Key`, and the answer that proves that it was understood (RFC 6455, section 4.2.2).
enum HandshakeKey {
  static let size = 16

  static func random() -> [UInt8] {
    var key = [UInt8](repeating: 0, count: size)
    key.withUnsafeMutableBytes { SecureRandom.fill($0) }
    return key
  }

  /// The value of `Sec-WebSocket-Accept` for the key as it stands in the request.
  static func accept(_ key: String) -> String {
    let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    return Base64.encode(SHA1.digest(text))
  }

  /// Whether the text is the base64 of 16 bytes.
  static func isValid(_ key: String) -> Bool {
    let bytes = Array(key.utf8)
    guard bytes.count == 24, bytes[22...].elementsEqual("==".utf8) else { return false }
    return bytes[..<22].allSatisfy(Base64.alphabet.contains)
  }
}

/// Base64 of RFC 4648, section 4, as far as the handshake needs it.
enum Base64 {
  static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
      let word = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
      for position in 0..<4 {
        let digit = alphabet[word >> (18 - 6 * position) & 0x3F]
        text.append(position <= group.count ? digit : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
