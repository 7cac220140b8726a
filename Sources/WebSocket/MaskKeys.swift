internal import Glibc

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
  /// The most that `getentropy` gives at once.
  private static let portion = 256

  /// Fills the buffer from the kernel's generator.
  static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    for start in stride(from: 0, to: bytes.count, by: portion) {
      let end = min(start + portion, bytes.count)
      fillPortion(UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  private static func fillPortion(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress, getentropy(start, bytes.count) != 0 else { return }
    // A kernel without the call: the generator of the standard library has other ways.
    var generator = SystemRandomNumberGenerator()
    for index in bytes.indices {
      bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
    }
  }
}
