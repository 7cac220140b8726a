/// The parts of a URL that names a server: scheme, host, port, and what follows them.
struct URLParts {
  let scheme: String
  /// The host's name in lower case, or IP address without brackets.
  let host: String
  let port: UInt16
  /// Whether the port stands in the URL.
  let hasPort: Bool
  /// What follows the authority, as it stands: empty, or beginning with `/` or `?`.
  let rest: String

  var isSecure: Bool { scheme == "https" || scheme == "wss" }

  /// Reads a URL.
  ///
  /// - Throws: ``TransportError/invalidURL(text:reason:)``, which repeats neither what may be a password nor
  ///   the query.
  init(_ text: String, schemes: [String]) throws(TransportError) {
    func invalid(_ reason: String) -> TransportError {
      // What stands before an @ may be a password, and a query may be a credential, too.
      let shown = text.lastIndex(of: "@").map { "…" + text[$0...] } ?? text
      return .invalidURL(
        text: shown.firstIndex(of: "?").map { shown[..<$0] + "?…" } ?? shown, reason: reason)
    }
    let list = schemes.dropLast().map { "\($0)://" }.joined(separator: ", ")
    guard let schemeEnd = text.firstRange(of: "://") else {
      throw invalid("it must begin with \(list) or \(schemes.last ?? "")://")
    }
    scheme = text[..<schemeEnd.lowerBound].lowercased()
    guard schemes.contains(scheme) else {
      throw invalid("the scheme '\(scheme)' is none of \(schemes.joined(separator: ", "))")
    }
    let tail = text[schemeEnd.upperBound...]
    guard tail.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw invalid("it holds spaces or characters outside ASCII, which must be encoded")
    }
    guard !tail.contains("#") else { throw invalid("a fragment has no meaning here") }
    let authorityEnd = tail.firstIndex { $0 == "/" || $0 == "?" } ?? tail.endIndex
    let authority = tail[..<authorityEnd]
    guard !authority.contains("@") else {
      throw invalid("a user or password does not belong in it")
    }
    rest = String(tail[authorityEnd...])

    let portText: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { throw invalid("']' is missing") }
      let literal = String(authority[authority.index(after: authority.startIndex)..<end])
      guard literal.contains(":"), SocketAddress(literal: literal, port: 0) != nil else {
        throw invalid("'\(literal)' is no IPv6 address")
      }
      host = literal.lowercased()
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw invalid("text follows ']'") }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else {
      let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { throw invalid("an IPv6 address needs brackets") }
      host = parts.first?.lowercased() ?? ""
      portText = parts.count == 2 ? parts[1] : nil
    }
    guard !host.isEmpty else { throw invalid("the host is missing") }
    hasPort = portText != nil
    if let portText {
      guard let number = UInt16(portText), number > 0, portText.utf8.allSatisfy(isDigit) else {
        throw invalid("'\(portText)' is no port")
      }
      port = number
    } else {
      port = scheme == "https" || scheme == "wss" ? 443 : 80
    }
  }

  /// `host:port` as the `Host` header has it: no port where it is the scheme's own (RFC 9110 section
  /// 7.2).
  static func hostHeader(host: String, port: UInt16, isSecure: Bool) -> String {
    let bracketed = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? bracketed : "\(bracketed):\(port)"
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
