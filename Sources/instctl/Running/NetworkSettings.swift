import JSONText
import Transport

extension Settings {
  /// The way to the server.
  @EventLoop
  func network() throws(Failure) -> NetworkOptions {
    var network = NetworkOptions()
    network.unixSocket = unixSocket?.value
    if unixSocket?.source == .option, proxy?.source == .option {
      throw .usage("--unix-socket and --proxy exclude each other")
    }
    for text in resolve.value {
      do throws(TransportError) { network.overrides.append(try ResolveOverride(text)) } catch {
        throw .unusable(.resolve, resolve.source, "\(error)", hint: "HOST:PORT:ADDRESS")
      }
    }
    network.family = ipVersion.map { $0.value == .ipv4 ? .ipv4 : .ipv6 }
    network.proxy = try proxyPolicy()
    if let cacert, network.proxy != .none, network.unixSocket == nil {
      // No name, pin, certificate or key log of the server's, and never without verification: the
      // proxy is somebody else, who may get a password.
      do throws(TLSError) {
        network.proxyTLS = try TLSContext.client(trust: .file(cacert.value))
      } catch { throw Failure(error) }
    }
    return network
  }

  /// The proxy that is on the way to a server, without credentials of a file.
  @EventLoop
  func proxy(for url: WebSocketURL) throws(Failure) -> ProxyURL? {
    guard unixSocket == nil else { return nil }
    let policy = try proxyPolicy(readsCredentials: false)
    do throws(ProxyError) {
      return try policy.proxy(isSecure: url.isSecure, host: url.host, port: url.port)
    } catch { throw Failure(error, message: "\(error)") }
  }

  private func proxyPolicy(readsCredentials: Bool = true) throws(Failure) -> ProxyPolicy {
    guard let proxy else {
      let variables = ProxyEnvironment.names.map { ($0, Secrets.environment($0) ?? "") }
      for (_, value) in variables { Self.remember((try? ProxyURL(value))?.credentials) }
      return .environment(
        ProxyEnvironment(
          Dictionary(uniqueKeysWithValues: variables),
          credentials: readsCredentials ? try proxyCredentials(isOfProfile: false) : nil))
    }
    if proxy.value == "none" { return .none }
    var url: ProxyURL
    do throws(ProxyError) { url = try ProxyURL(proxy.value) } catch {
      guard case .invalidURL(_, let reason) = error else {
        throw Failure(error, message: "\(error)")
      }
      throw .unusable(
        .proxy, proxy.source, reason,
        hint: "http://HOST:PORT, https://…, socks5h://…, socks5://…, or none")
    }
    try refusePassword(in: url)
    Self.remember(url.credentials)
    if readsCredentials, let credentials = try proxyCredentials(isOfProfile: proxy.source.isProfile)
    {
      url.credentials = credentials
    }
    return .always(url)
  }

  /// Refuses a proxy's password that an option gives.
  func refuseProxyPassword() throws(Failure) {
    guard let proxy, let url = try? ProxyURL(proxy.value) else { return }
    try refusePassword(in: url)
  }

  private func refusePassword(in url: ProxyURL) throws(Failure) {
    guard proxy?.source == .option, url.credentials?.password.isEmpty == false else { return }
    throw .usage(
      "a password does not belong on the command line, where others can read it",
      hint: "INSTCTL_PROXY holds the whole URL, or --proxy-credentials-file FILE")
  }

  /// Those in a file. A profile's are for the profile's proxy.
  private func proxyCredentials(isOfProfile: Bool) throws(Failure) -> ProxyCredentials? {
    guard let file = proxyCredentialsFile, isOfProfile || !file.source.isProfile else {
      return nil
    }
    let credentials = ProxyCredentials(text: try Secrets.read(file: file.value))
    Self.remember(credentials)
    return credentials
  }

  /// A proxy may repeat what it was sent: the password, or both as they go over the wire (RFC 7617).
  private static func remember(_ credentials: ProxyCredentials?) {
    guard let credentials else { return }
    KnownSecrets.add(credentials.password)
    KnownSecrets.add(Base64.encode(Array("\(credentials.user):\(credentials.password)".utf8)))
  }
}
