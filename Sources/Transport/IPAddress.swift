import Glibc

/// An IP address as its bits, for comparisons.
struct IPAddress: Hashable, Sendable {
  /// 4 or 16 bytes.
  let bytes: [UInt8]

  var family: AddressFamily { bytes.count == 4 ? .ipv4 : .ipv6 }

  /// Reads a dotted quad, or an IPv6 address with or without brackets; nil for anything else. A zone
  /// (`fe80::1%eth0`) is left out.
  init?(_ text: some StringProtocol) {
    var text = text[...]
    if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
    if text.contains(":"), let zone = text.firstIndex(of: "%") { text = text[..<zone] }
    guard !text.utf8.contains(0) else { return nil }
    let isIPv6 = text.contains(":")
    var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, String(text), &bytes) == 1 else { return nil }
    self.bytes = bytes
  }

  /// Whether the first `length` bits are those of `network` (RFC 4632 section 3.1).
  func isIn(_ network: IPAddress, prefixLength length: Int) -> Bool {
    guard bytes.count == network.bytes.count else { return false }
    return zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
      let bits = min(8, max(0, length - 8 * index))
      let mask = ~UInt8(truncatingIfNeeded: 0xFF >> bits)
      return pair.0 & mask == pair.1 & mask
    }
  }
}
