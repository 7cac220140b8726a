import Foundation
import Glibc

/// A proxy that we did not write, running on a free port of the loopback: tinyproxy, the same behind
/// stunnel, or microsocks. `make test` installs them.
public final class TestProxy {
  /// What it speaks.
  public enum Kind: Sendable {
    /// tinyproxy.
    case http
    /// tinyproxy behind stunnel, with a certificate and its key in PEM files.
    case https(certificate: String, key: String)
    /// microsocks.
    case socks
  }

  /// Who may use a proxy that asks for it.
  public static let user = "joeuser"
  /// With which password.
  public static let password = "hunter2hunter2"

  /// The first address of localhost: microsocks tries no other, and it is ::1 on most machines.
  public static let localhost: String = {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    defer { if let list { freeaddrinfo(list) } }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    guard getaddrinfo("localhost", nil, &hints, &list) == 0, let first = list?.pointee,
      getnameinfo(
        first.ai_addr, first.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
    else { return "127.0.0.1" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  /// Where it listens.
  public let port: UInt16
  private var processes: [Process] = []
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("instctl-proxy-\(UUID())")

  /// Starts a proxy and waits until it accepts connections.
  ///
  /// - Throws: ``NotRunning`` where it cannot be started.
  public init(_ kind: Kind, isAuthenticated: Bool = false) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    port = try freePort()
    switch kind {
    case .http: try startTinyproxy(at: port, isAuthenticated)
    case .https(let certificate, let key):
      let inner = try freePort()
      try startTinyproxy(at: inner, isAuthenticated)
      let configuration = try file(
        "stunnel.conf",
        """
        foreground = yes
        pid =
        syslog = no
        [proxy]
        accept = 127.0.0.1:\(port)
        connect = 127.0.0.1:\(inner)
        cert = \(certificate)
        key = \(key)
        """)
      try start("stunnel4", [configuration], at: port)
    case .socks:
      let credentials = isAuthenticated ? ["-u", Self.user, "-P", Self.password] : []
      try start("microsocks", ["-i", "127.0.0.1", "-p", "\(port)"] + credentials, at: port)
    }
  }

  deinit {
    for process in processes where process.isRunning {
      // A program started from a thread of the pool has the other signals blocked.
      kill(process.processIdentifier, SIGKILL)
    }
    try? FileManager.default.removeItem(at: folder)
  }

  private func startTinyproxy(at port: UInt16, _ isAuthenticated: Bool) throws {
    let configuration = try file(
      "tinyproxy.conf",
      """
      Port \(port)
      Listen 127.0.0.1
      Timeout 600
      MaxClients 50
      \(isAuthenticated ? "BasicAuth \(Self.user) \(Self.password)" : "")
      """)
    try start("tinyproxy", ["-d", "-c", configuration], at: port)
  }

  private func file(_ name: String, _ text: String) throws -> String {
    let file = folder.appendingPathComponent(name)
    try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  private func start(_ program: String, _ arguments: [String], at port: UInt16) throws {
    let process = Process()
    // Found like a shell finds it.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = folder.appendingPathComponent("\(program).log")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    processes.append(process)
    let end = Date(timeIntervalSinceNow: 30)
    while !isListening(port) {
      guard process.isRunning, Date() < end else {
        let said = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        throw NotRunning(description: "\(program) does not run ('make test' installs it): \(said)")
      }
      usleep(10_000)
    }
  }

  /// Why there is no proxy.
  public struct NotRunning: Error, CustomStringConvertible {
    /// What it said itself.
    public let description: String
  }
}

/// A port of the loopback on which nobody listens at the moment.
public func freePort() throws -> UInt16 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  defer { close(descriptor) }
  var address = loopback(0)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
    }
  }
  guard isBound else { throw POSIXError(.EADDRINUSE) }
  return UInt16(bigEndian: address.sin_port)
}

private func isListening(_ port: UInt16) -> Bool {
  guard let descriptor = connectedSocket(port) else { return false }
  close(descriptor)
  return true
}

/// A blocking socket, connected to a port of the loopback.
func connectedSocket(_ port: UInt16) -> Int32? {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(port)
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  if isConnected { return descriptor }
  close(descriptor)
  return nil
}

private func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}
