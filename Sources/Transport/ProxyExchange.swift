/// The client's side of asking a proxy for a connection: bytes in, bytes out, no I/O.
protocol ProxyExchange: Sendable {
  /// What is to be sent now; nothing until more has come.
  mutating func takeOutput() -> [UInt8]

  /// Takes what the proxy sends.
  ///
  /// - Throws: ``ProxyError``.
  mutating func receive(_ bytes: [UInt8]) throws(ProxyError)

  /// What it means that nothing more comes.
  func receiveEnd() -> ProxyError

  /// The connection to the server, once it is made and everything is sent.
  var tunnel: ProxyTunnel? { get }
}

/// A connection that a proxy has made.
struct ProxyTunnel: Hashable, Sendable {
  /// Bytes that came behind the proxy's answer: they are the server's.
  var leftover: [UInt8]
  /// What the proxy said about it.
  var facts: [ConnectFact]
}
