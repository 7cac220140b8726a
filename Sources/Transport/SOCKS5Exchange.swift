/// Asks a SOCKS proxy for a connection: version 5 (RFC 1928), with user and password (RFC 1929) where
/// there are credentials.
struct SOCKS5Exchange: ProxyExchange {
  /// What the proxy is asked to connect to.
  enum Target: Hashable, Sendable {
    /// A name, which the proxy looks up.
    case name(String)
    /// An address.
    case address(IPAddress)
  }

  private enum State {
    case method, authentication, reply, done
  }

  private enum Code {
    static let version: UInt8 = 5
    static let authenticationVersion: UInt8 = 1
    static let noAuthentication: UInt8 = 0
    static let userAndPassword: UInt8 = 2
    static let noneAcceptable: UInt8 = 0xFF
    static let connect: UInt8 = 1
    static let ipv4: UInt8 = 1
    static let name: UInt8 = 3
    static let ipv6: UInt8 = 4
  }

  private(set) var tunnel: ProxyTunnel?

  private var state = State.method
  private var output: [UInt8]
  private var input: [UInt8] = []
  private let request: [UInt8]
  /// The message of RFC 1929; nil without credentials.
  private let authentication: [UInt8]?

  /// Prepares the messages.
  ///
  /// - Throws: ``ProxyError`` where name or credentials have more than 255 bytes.
  init(
    target: Target, port: UInt16, credentials: ProxyCredentials?
  ) throws(ProxyError) {
    var request = [Code.version, Code.connect, 0]
    switch target {
    case .address(let address):
      request += [address.family == .ipv4 ? Code.ipv4 : Code.ipv6] + address.bytes
    case .name(let name):
      guard let counted = counted(name), !name.isEmpty else {
        throw .unusableTarget(host: name, reason: "a name has 1 to 255 bytes in SOCKS")
      }
      request += [Code.name] + counted
    }
    self.request = request + [UInt8(port >> 8), UInt8(port & 0xFF)]

    if let credentials {
      guard let user = counted(credentials.user), let password = counted(credentials.password)
      else {
        throw .unusableCredentials(reason: "user and password have at most 255 bytes in SOCKS")
      }
      authentication = [Code.authenticationVersion] + user + password
      output = [Code.version, 2, Code.noAuthentication, Code.userAndPassword]
    } else {
      authentication = nil
      output = [Code.version, 1, Code.noAuthentication]
    }
  }

  mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  func receiveEnd() -> ProxyError {
    // RFC 1929 section 2: who refuses closes, and some say nothing before it.
    state == .authentication ? .authenticationRefused(method: "RFC 1929") : .ended
  }

  mutating func receive(_ bytes: [UInt8]) throws(ProxyError) {
    input += bytes
    while let length = try messageLength(), input.count >= length, state != .done {
      let message = input.prefix(length)
      input.removeFirst(length)
      try accept(Array(message))
    }
    if state == .done {
      tunnel?.leftover += input
      input = []
    }
  }

  /// How long the message is that the input begins with; nil where that is not known yet. Refusals are
  /// told by their first bytes: some proxies close without the rest.
  private func messageLength() throws(ProxyError) -> Int? {
    guard let first = input.first else { return nil }
    switch state {
    case .done: return nil
    case .method:
      guard first == Code.version else {
        throw .malformed("it does not answer in version 5 of SOCKS")
      }
      return 2
    case .authentication:
      guard first == Code.authenticationVersion else {
        throw .malformed("it does not answer in version 1 of SOCKS authentication")
      }
      return 2
    case .reply:
      guard first == Code.version else { throw .malformed("a reply of another version") }
      guard input.count >= 2 else { return nil }
      guard input[1] == 0 else { throw .socks(SOCKSReply(rawValue: input[1])) }
      guard input.count >= 5 else { return nil }
      switch input[3] {
      case Code.ipv4: return 10
      case Code.ipv6: return 22
      case Code.name: return 7 + Int(input[4])
      default: throw .malformed("an address of the unknown type \(input[3])")
      }
    }
  }

  private mutating func accept(_ message: [UInt8]) throws(ProxyError) {
    switch state {
    case .method:
      switch (message[1], authentication) {
      case (Code.noAuthentication, _):
        state = .reply
        output += request
      case (Code.userAndPassword, let authentication?):
        state = .authentication
        output += authentication
      case (Code.noneAcceptable, nil):
        throw .authenticationRequired(method: "of another kind than none")
      case (Code.noneAcceptable, _?):
        throw .authenticationRefused(method: "it takes no user and password")
      default: throw .malformed("it chose a way to authenticate that was not offered")
      }
    case .authentication:
      guard message[1] == 0 else { throw .authenticationRefused(method: "RFC 1929") }
      state = .reply
      output += request
    case .reply:
      state = .done
      tunnel = ProxyTunnel(leftover: [], facts: [])
    case .done: break
    }
  }
}

/// A text with its length in one byte before it; nil where that is too small.
private func counted(_ text: String) -> [UInt8]? {
  let bytes = Array(text.utf8)
  return UInt8(exactly: bytes.count).map { [$0] + bytes }
}
