import Foundation
import Testing

@testable import Transport

/// `openssl s_server` on the loopback, with a certificate for it.
@EventLoop
struct OpenSSLServer {
  let command: Command
  let port: UInt16

  init(_ arguments: [String], certificate: TestCertificates.Kind = .good) async throws {
    let files = try await TestCertificates.shared()
    command = try Command(
      "openssl",
      [
        "s_server", "-accept", "127.0.0.1:0", "-cert", files.certificate(certificate),
        "-key", files.key,
      ] + arguments)
    while true {
      let words = try await command.line().split(separator: " ")
      guard words.first == "ACCEPT" else { continue }
      port = try #require(words.last?.split(separator: ":").last.flatMap { UInt16($0) })
      return
    }
  }

  /// One that sends each line back in reverse, so that a client knows that it is accepted.
  static func reversing(
    _ arguments: [String], certificate: TestCertificates.Kind = .good
  ) async throws -> OpenSSLServer {
    try await OpenSSLServer(arguments + ["-rev"], certificate: certificate)
  }

  /// A connection to a server that reverses, on which a line has gone there and back.
  func exchange(
    _ options: TLSClientOptions, host: String = "localhost"
  ) async throws -> ByteStream {
    try await exchange(TLSContext.client(options), host: host)
  }

  func exchange(_ context: TLSContext, host: String = "localhost") async throws -> ByteStream {
    let stream = try await ByteStream.connect(
      host: host, port: port, tls: context, deadline: .patient())
    try await stream.writeAll(Array("abc\n".utf8), deadline: .patient())
    let answer = try await stream.readSome(deadline: .patient())
    guard answer == Array("cba\n".utf8) else { throw NoAnswer() }
    return stream
  }

  /// What goes wrong when a client does that: with connecting, or as late as the first answer.
  func error(
    _ options: TLSClientOptions, host: String = "localhost"
  ) async throws -> TLSError? {
    do {
      try await exchange(options, host: host).close()
      return nil
    } catch TransportError.tls(let error) {
      return error
    } catch ConnectError.transport(.tls(let error)) {
      return error
    }
  }

  func stop() { command.stop() }

  struct NoAnswer: Error {}
}
