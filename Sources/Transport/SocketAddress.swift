import Glibc

/// The address of a socket: IPv4 or IPv6 with a port, or a path of the Unix domain.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// The bytes of the `sockaddr`, as long as it is.
  private let bytes: [UInt8]
  /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
  let family: Int32
  /// `127.0.0.1:80`, `[::1]:80` or the path.
  public let description: String

  /// The port, 0 for a Unix socket.
  public var port: UInt16 {
    guard family != AF_UNIX, bytes.count >= 4 else { return 0 }
    return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
  }

  /// The address as text, without the port.
  public let host: String

  init?(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
    let raw = UnsafeRawBufferPointer(start: address, count: Int(length))
    guard raw.count >= MemoryLayout<sa_family_t>.size else { return nil }
    bytes = Array(raw)
    family = Int32(address.pointee.sa_family)
    if family == AF_UNIX {
      host = String(decoding: raw.dropFirst(2).prefix { $0 != 0 }, as: UTF8.self)
      description = host.isEmpty ? "unix socket" : host
      return
    }
    var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let code = getnameinfo(
      address, length, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
    guard code == 0 else { return nil }
    host = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    description = family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// An IP literal (`127.0.0.1`, `::1`, `fe80::1%eth0`) with a port; nil for anything else.
  public init?(literal: String, port: UInt16) {
    guard let first = try? getAddresses(literal, port: port, flags: AI_NUMERICHOST).first else {
      return nil
    }
    self = first
  }

  /// A path of the Unix domain; nil where it is too long or holds a zero.
  init?(unixPath path: String) {
    var address = sockaddr_un()
    let limit = MemoryLayout.size(ofValue: address.sun_path)
    guard !path.isEmpty, path.utf8.count < limit, !path.utf8.contains(0) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    bytes = withUnsafeBytes(of: &address) { Array($0) }
    family = AF_UNIX
    host = path
    description = path
  }

  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var storage = sockaddr_storage()
    return withUnsafeMutableBytes(of: &storage) { storage in
      storage.copyBytes(from: bytes.prefix(storage.count))
      let length = socklen_t(min(bytes.count, storage.count))
      return storage.withMemoryRebound(to: sockaddr.self) { pointer in
        guard let address = pointer.baseAddress else { preconditionFailure("no storage") }
        return body(UnsafePointer(address), length)
      }
    }
  }
}

/// `getaddrinfo` for TCP; blocks as long as the resolver takes.
func getAddresses(
  _ host: String, port: UInt16, flags: Int32
) throws(TransportError) -> [SocketAddress] {
  var hints = addrinfo()
  hints.ai_family = AF_UNSPEC
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  hints.ai_flags = flags | AI_NUMERICSERV
  var list: UnsafeMutablePointer<addrinfo>?
  let code = getaddrinfo(host, String(port), &hints, &list)
  let systemCode = errno
  defer { if let list { freeaddrinfo(list) } }
  guard code == 0 else {
    if code == EAI_NONAME || code == EAI_NODATA_CODE { throw .nameNotFound(host: host) }
    let reason =
      code == EAI_SYSTEM ? systemMessage(systemCode) : String(cString: gai_strerror(code))
    throw .nameLookupFailed(host: host, reason: reason)
  }
  var addresses: [SocketAddress] = []
  var next = list
  while let entry = next {
    if let raw = entry.pointee.ai_addr,
      let address = SocketAddress(raw, length: entry.pointee.ai_addrlen),
      !addresses.contains(address)
    {
      addresses.append(address)
    }
    next = entry.pointee.ai_next
  }
  return addresses
}

/// `EAI_NODATA`, which glibc shows only with GNU extensions: the name exists, with no address.
private let EAI_NODATA_CODE: Int32 = -5
