import Testing

@testable import Transport

/// `http_server.py`, running.
@EventLoop
struct PythonHTTPServer {
  private let command: Command
  private let port: UInt16
  private let isSecure: Bool
  private let files: TestCertificates

  init(isSecure: Bool = false) async throws {
    self.isSecure = isSecure
    files = try await TestCertificates.shared()
    command = try PythonPeers.start(
      "http_server.py", isSecure ? [files.certificate(.good), files.key] : [])
    port = try #require(UInt16(try await command.line()))
  }

  /// A request without a body, or a PUT of that many bytes.
  func send(
    _ path: String, body: Int = 0, _ change: (inout HTTPOptions) -> Void = { _ in }
  ) async throws(HTTPError) -> HTTPResponse {
    var options = HTTPOptions()
    options.idleTimeoutMilliseconds = patience
    let url: HTTPURL
    do throws(TLSError) {
      if isSecure { options.tls = try TLSContext.client(trust: .file(files.authority)) }
    } catch { throw .transport(.tls(error)) }
    do throws(TransportError) {
      url = try HTTPURL("\(isSecure ? "https" : "http")://127.0.0.1:\(port)\(path)")
    } catch { throw .transport(error) }
    change(&options)
    return try await HTTPClient.send(
      HTTPRequest(
        method: body == 0 ? "GET" : "PUT", url: url, body: [UInt8](repeating: 65, count: body)),
      options: options)
  }

  func stop() { command.stop() }
}
