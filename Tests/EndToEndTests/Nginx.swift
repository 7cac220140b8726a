import Foundation
import Glibc
import Testing

/// nginx as users have it: TLS to the outside with certificates of clients verified, plain WebSocket to a
/// server behind it.
final class Nginx {
  let port: UInt16
  var url: String { "https://localhost:\(port)" }
  private let folder: TemporaryFolder
  private let program: Program

  /// - Parameters:
  ///   - upstream: the port of the server behind it.
  ///   - verify: `on`, `optional` or `off`.
  init(to upstream: String, _ files: TLSFiles, verify: String = "on") throws {
    folder = try TemporaryFolder()
    port = try Self.unusedPort()
    let configuration = try folder.write(
      "nginx.conf",
      """
      daemon off;
      master_process off;
      pid nginx.pid;
      error_log stderr;
      events {}
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        server {
          listen 127.0.0.1:\(port) ssl;
          ssl_certificate \(files.path("server.pem"));
          ssl_certificate_key \(files.path("server.key"));
          ssl_client_certificate \(files.path("ca.pem"));
          ssl_verify_client \(verify);
          location / {
            proxy_pass http://127.0.0.1:\(upstream);
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
          }
        }
      }
      """)
    program = try Program(
      ["-p", folder.url.path, "-e", "stderr", "-c", configuration],
      executable: URL(fileURLWithPath: "/usr/sbin/nginx"))
    try awaitConnections()
  }

  deinit { program.end() }

  /// A port that was free a moment ago.
  private static func unusedPort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        guard bind(descriptor, $0, length) == 0, getsockname(descriptor, $0, &length) == 0 else {
          throw POSIXError(.EADDRINUSE)
        }
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private func awaitConnections() throws {
    let end = Date(timeIntervalSinceNow: Program.deadline)
    while true {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = Self.loopback(port: port)
      let isThere = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      if isThere { return }
      guard Date() < end else { throw POSIXError(.ETIMEDOUT) }
      usleep(10_000)
    }
  }
}
