import Transport
import WebSocket

/// HTTP on the port of the WebSocket: operations, and the storage of large messages.
extension InstServer {
  /// Where large messages are.
  static let storagePath = "/storage"

  /// Answers a request that asks for no WebSocket.
  func answer(_ request: HTTPServerRequest) -> HTTPResponse {
    let head = request.head
    let operation = OperationRequest(
      method: head.method, target: head.target, fields: head.fields,
      body: request.body.isEmpty ? nil : String(decoding: request.body, as: UTF8.self))
    onNote?("\(operation.method) \(operation.path)")
    if operation.path == webSocketPath {
      return HTTPResponse(
        status: 426, fields: [HTTPField(name: "Upgrade", value: "websocket")],
        body: Array("This is the place of the WebSocket.\n".utf8))
    }
    if operation.path.hasPrefix(Self.storagePath + "/") {
      let name = String(operation.path.dropFirst(Self.storagePath.count + 1))
      let answer = accessStorage(operation, name: name, body: request.body)
      return HTTPResponse(
        status: answer.status,
        fields: [HTTPField(name: "Content-Type", value: "application/json")], body: answer.body)
    }
    let response = perform(operation)
    return HTTPResponse(
      status: response.status,
      fields: [HTTPField(name: "Content-Type", value: response.contentType)],
      body: Array(response.body.utf8))
  }
}
