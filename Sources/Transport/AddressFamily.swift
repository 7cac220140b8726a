import Glibc

/// A version of the Internet Protocol.
public enum AddressFamily: String, Hashable, Sendable, CustomStringConvertible {
  /// IPv4.
  case ipv4
  /// IPv6.
  case ipv6

  /// `IPv4` or `IPv6`.
  public var description: String { self == .ipv4 ? "IPv4" : "IPv6" }

  /// `AF_INET` or `AF_INET6`.
  var number: Int32 { self == .ipv4 ? AF_INET : AF_INET6 }
}
