import InstProtocol
import Transport
import WebSocket

/// A storage that is reached over HTTP at places that the server names.
///
/// It gets what is said there, and nothing that belongs to the server.
@EventLoop
final class HTTPMessageStorage: MessageStorage {
  private(set) var lastProgress = MonotonicTime(nanoseconds: .min)
  private let requiresTLS: Bool
  private var options: HTTPOptions

  /// The storage for a server.
  init(for server: WebSocketURL, options: WebSocketConnectionClient.Options) {
    requiresTLS = server.isSecure
    var http = options.storage
    http.maximumBodySize = options.connect.connection.maximumMessageSize
    self.options = http
    self.options.onProgress = { [weak self] in self?.lastProgress = Reactor.shared.now }
  }

  func upload(_ message: [UInt8], to place: StorageRequest) async throws(StorageError) {
    var fields = Self.fields(of: place)
    for (name, value) in [
      ("content-type", "application/json"), ("x-amz-acl", "bucket-owner-full-control"),
    ] where !fields.contains(where: { $0.name.lowercased() == name }) {
      fields.append(HTTPField(name: name, value: value))
    }
    _ = try await exchange(.upload, place, fields, body: message)
  }

  func download(_ place: StorageRequest) async throws(StorageError) -> [UInt8] {
    try await exchange(.download, place, Self.fields(of: place), body: [])
  }

  private func exchange(
    _ operation: StorageError.Operation, _ place: StorageRequest, _ fields: [HTTPField],
    body: [UInt8]
  ) async throws(StorageError) -> [UInt8] {
    func failure(_ cause: StorageError.Cause) -> StorageError {
      StorageError(operation, url: place.urlWithoutQuery, cause)
    }
    let url: HTTPURL
    do throws(TransportError) {
      url = try HTTPURL(place.url)
    } catch {
      // Not the error itself, which repeats the text.
      throw failure(.unusablePlace(reason: "the server named a place that is no URL of HTTP"))
    }
    guard url.isSecure || !requiresTLS || isLoopback(url.host) else {
      throw failure(
        .unusablePlace(reason: "the server is reached with TLS, but named a place without it"))
    }
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await HTTPClient.send(
        HTTPRequest(method: place.method, url: url, fields: fields, body: body),
        options: options)
    } catch { throw failure(.http(error.withoutQuery)) }
    guard (200...299).contains(response.status) else {
      throw failure(.status(response.status))
    }
    return response.body
  }

  /// The fields that the server asks for, but those that belong to the exchange itself.
  private static func fields(of place: StorageRequest) -> [HTTPField] {
    let own = ["host", "connection", "content-length", "transfer-encoding", "upgrade", "te"]
    return place.headers.filter { !own.contains($0.name.lowercased()) }
      .map { HTTPField(name: $0.name, value: $0.value) }
  }
}

extension HTTPError {
  /// The error without what may give access to the storage.
  fileprivate var withoutQuery: HTTPError {
    guard case .redirected(let status, let location) = self else { return self }
    return .redirected(status: status, location: String(location.prefix { $0 != "?" }))
  }
}

/// Whether a host is this machine, which no network lies before.
private func isLoopback(_ host: String) -> Bool {
  let name = host.lowercased()
  if name == "localhost" || name == "::1" { return true }
  // A name that begins like an address can belong to anybody.
  let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
  return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
}
