import Glibc

/// A small deterministic generator (Steele, Lea and Flood 2014): one seed gives a whole run.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number between two bounds, each order of size as likely as the others.
  mutating func logarithmic(_ lower: Double, _ upper: Double) -> Int {
    Int(lower * pow(upper / lower, Double.random(in: 0...1, using: &self)))
  }

  /// True one time in so many.
  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
