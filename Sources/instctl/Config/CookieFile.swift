import Transport

/// Cookies in a file: as browsers and curl export them (seven fields with tabs between them: domain, whether
/// subdomains count, path, whether only for TLS, expiry in seconds, name, value), or lines of `name=value`,
/// which are for any server.
struct CookieFile {
  fileprivate struct Cookie {
    var domain: String?
    var includesSubdomains = false
    var path = "/"
    var isSecure = false
    /// 0 for the session.
    var expiry: Int64 = 0
    var text: String
  }

  private var cookies: [Cookie] = []

  init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      // The mark of a cookie that scripts in a page must not see; the rest of the line is as ever.
      let mark = "#HttpOnly_"
      let line = line.hasPrefix(mark) ? line.dropFirst(mark.count) : line
      guard !line.hasPrefix("#"), line.contains(where: { !$0.isWhitespace }) else { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 7 else {
        cookies.append(Cookie(text: String(line)))
        continue
      }
      let domain = fields[0].hasPrefix(".") ? String(fields[0].dropFirst()) : fields[0]
      cookies.append(
        Cookie(
          domain: domain.lowercased(), includesSubdomains: fields[1] == "TRUE", path: fields[2],
          isSecure: fields[3] == "TRUE", expiry: Int64(fields[4]) ?? 0,
          text: "\(fields[5])=\(fields[6])"))
    }
  }

  /// The value of the `Cookie` header for a server (RFC 6265 section 5.4); empty for none.
  ///
  /// - Parameter now: milliseconds of the epoch.
  func cookies(for url: WebSocketURL, path: String, at now: Int64) -> String {
    let host = url.host.lowercased()
    return cookies.filter { cookie in
      (!cookie.isSecure || url.isSecure)
        && (cookie.expiry == 0 || cookie.expiry > now / 1000)
        && cookie.matches(host: host) && cookie.matches(path: path)
    }.map(\.text).joined(separator: "; ")
  }
}

extension CookieFile.Cookie {
  /// RFC 6265 section 5.1.3.
  fileprivate func matches(host: String) -> Bool {
    guard let domain else { return true }
    return host == domain || includesSubdomains && host.hasSuffix("." + domain)
  }

  /// RFC 6265 section 5.1.4.
  fileprivate func matches(path: String) -> Bool {
    path == self.path || path.hasPrefix(self.path.hasSuffix("/") ? self.path : self.path + "/")
  }
}
