/// What needs no proxy, as `NO_PROXY` says it: names and addresses, divided by commas or spaces.
///
/// - `*`: everything.
/// - `example.com`, `.example.com`, `*.example.com`: the host, and every host of the domain.
/// - `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`: an address.
/// - `10.0.0.0/8`, `fd00::/8`: every address of the network (RFC 4632 section 3.1, RFC 4291 section 2.3).
/// - any name, or address with its port: `example.com:8080`, `[2001:db8::1]:443`: that port alone.
///
/// Entries that are none of these fit nothing.
public struct NoProxyList: Hashable, Sendable {
  private enum Pattern: Hashable, Sendable {
    case everything
    case domain(String)
    case network(IPAddress, prefixLength: Int)
  }

  private struct Entry: Hashable, Sendable {
    let pattern: Pattern
    let port: UInt16?
  }

  private let entries: [Entry]

  /// Reads the list.
  public init(_ text: String) {
    entries = text.split { $0 == "," || $0.isWhitespace }.compactMap(Self.entry)
  }

  private static func entry(_ text: Substring) -> Entry? {
    if text == "*" { return Entry(pattern: .everything, port: nil) }
    if let network = network(text) { return Entry(pattern: network, port: nil) }
    let (host, port) = divided(text)
    if let portText = port, UInt16(portText) == nil { return nil }
    let number = port.flatMap { UInt16($0) }
    if let network = network(host) { return Entry(pattern: network, port: number) }
    guard let name = normalised(host) else { return nil }
    return Entry(pattern: .domain(name), port: number)
  }

  /// An address, or a network of them.
  private static func network(_ text: Substring) -> Pattern? {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(first) else { return nil }
    let width = address.bytes.count * 8
    guard parts.count == 2 else { return .network(address, prefixLength: width) }
    guard let length = Int(parts[1]), (0...width).contains(length) else { return nil }
    return .network(address, prefixLength: length)
  }

  /// Host and port of `host:port` or `[address]:port`.
  private static func divided(_ text: Substring) -> (host: Substring, port: Substring?) {
    guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
    return (text[..<colon], text[text.index(after: colon)...])
  }

  /// A name or domain in lower case, without the dots at its ends that mean nothing here.
  private static func normalised(_ text: Substring) -> String? {
    var name = text.hasPrefix("*.") ? text.dropFirst(2) : text
    if name.hasPrefix(".") { name = name.dropFirst() }
    if name.hasSuffix(".") { name = name.dropLast() }
    return name.isEmpty || name.contains("/") ? nil : name.lowercased()
  }

  /// Whether a server is reached without a proxy.
  ///
  /// - Parameters:
  ///   - host: name, or IP address with or without brackets. A name is not looked up.
  ///   - port: the port.
  public func contains(host: String, port: UInt16) -> Bool {
    let address = IPAddress(host)
    let name = Self.normalised(host[...]) ?? ""
    return entries.contains { entry in
      if let wanted = entry.port, wanted != port { return false }
      switch entry.pattern {
      case .everything: return true
      case .domain(let domain):
        return address == nil && (name == domain || name.hasSuffix("." + domain))
      case .network(let network, let length):
        return address?.isIn(network, prefixLength: length) ?? false
      }
    }
  }
}
