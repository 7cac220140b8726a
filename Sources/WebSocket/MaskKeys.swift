internal import COpenSSL

/// Unpredictable masking keys (RFC 6455, section 5.3 and 10.3), taken from a pool because asking the
/// system for each would cost more than the frame.
struct MaskKeys {
  private static let poolSize = 1024
  private var pool: [UInt32] = []

  /// A key that was never used before.
  mutating func next() -> UInt32 {
    if pool.isEmpty { refill() }
    return pool.popLast() ?? 0
  }

  private mutating func refill() {
    pool = [UInt32](repeating: 0, count: Self.poolSize)
    pool.withUnsafeMutableBytes { SecureRandom.fill($0) }
  }
}

/// Random bytes that nobody can guess.
enum SecureRandom {
  /// Fills the buffer from OpenSSL's generator, or from the system's where that one fails.
  static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    let target = bytes.bindMemory(to: UInt8.self)
    guard let count = Int32(exactly: target.count),
      RAND_bytes(target.baseAddress, count) == 1
    else {
      var generator = SystemRandomNumberGenerator()
      for i in target.indices {
        target[i] = UInt8.random(in: .min ... .max, using: &generator)
      }
      return
    }
  }
}
