/// Addresses to use for one host and port, instead of those that a look-up gives.
public struct ResolveOverride: Hashable, Sendable, CustomStringConvertible {
  /// The name in lower case, or IP address without brackets.
  public let host: String
  /// The port.
  public let port: UInt16
  /// The addresses, at least one, with the port.
  public let addresses: [SocketAddress]

  /// Reads `HOST:PORT:ADDRESS`, several addresses divided by commas. IPv6 addresses may have brackets;
  /// in the place of the host they must.
  ///
  /// - Throws: ``TransportError/invalidOverride(text:reason:)``.
  public init(_ text: String) throws(TransportError) {
    func invalid(_ reason: String) -> TransportError {
      .invalidOverride(text: text, reason: reason)
    }
    var rest = text[...]
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { throw invalid("']' is missing") }
      host = rest[rest.index(after: rest.startIndex)..<end].lowercased()
      guard IPAddress(host)?.family == .ipv6 else { throw invalid("'\(host)' is no IPv6 address") }
      rest = rest[rest.index(after: end)...]
      guard rest.popFirst() == ":" else { throw invalid("the port is missing") }
    } else {
      guard let colon = rest.firstIndex(of: ":") else { throw invalid("the port is missing") }
      host = rest[..<colon].lowercased()
      rest = rest[rest.index(after: colon)...]
    }
    guard !host.isEmpty else { throw invalid("the host is missing") }
    guard let colon = rest.firstIndex(of: ":") else { throw invalid("the address is missing") }
    let portText = rest[..<colon]
    guard let port = UInt16(portText), port > 0, !portText.hasPrefix("+") else {
      throw invalid("'\(portText)' is no port")
    }
    self.port = port
    var addresses: [SocketAddress] = []
    let list = rest[rest.index(after: colon)...]
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let literal = part.hasPrefix("[") && part.hasSuffix("]") ? part.dropFirst().dropLast() : part
      // `SocketAddress` alone takes "2" for 0.0.0.2, as inet_aton does.
      guard IPAddress(literal) != nil,
        let address = SocketAddress(literal: String(literal), port: port)
      else {
        throw invalid("'\(part)' is no IP address")
      }
      addresses.append(address)
    }
    self.addresses = addresses
  }

  /// `host:port:address`.
  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(name):\(port):\(addresses.map(\.host).joined(separator: ","))"
  }
}
