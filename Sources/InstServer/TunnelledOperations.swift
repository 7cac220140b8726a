import InstProtocol
import JSONText

extension InstServerCore {
  /// Performs an HTTP operation that was asked for in a message, for the connection's user.
  mutating func answerHTTP(
    _ message: HTTPRequestMessage, _ client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    let response = perform(
      OperationRequest(message.request), userID: sessions[client]?.info?.userID, now: now)
    let first = TunnelledResponse(
      statusCode: JSONNumber(response.status),
      headers: RawJSON(["content-type": .string(response.contentType)]),
      body: RawJSON(string: response.parts.first ?? ""))
    guard response.isStreamed else {
      return send(first, id: message.id, client, effects: &effects)
    }
    for (index, part) in response.parts.enumerated() {
      let isLast = index == response.parts.count - 1
      let response = index == 0 ? first : TunnelledResponse(body: RawJSON(string: part))
      send(
        part: response, index, isLast: isLast, id: message.id, client, effects: &effects)
    }
    if configuration.dialect == .documented {
      // Its parts do not say which is the last.
      send(
        TunnelledResponse(statusCode: first.statusCode, headers: first.headers), id: nil, client,
        effects: &effects)
    }
  }

  private func send(
    _ response: TunnelledResponse, id: JSONNumber?, _ client: ClientID, effects: inout [Effect]
  ) {
    let id = configuration.dialect == .deployed ? id : nil
    let message = HTTPResponseMessage(id: id, response: response)
    send(.httpResponse(message), to: client, effects: &effects)
  }

  private func send(
    part: TunnelledResponse, _ index: Int, isLast: Bool, id: JSONNumber?, _ client: ClientID,
    effects: inout [Effect]
  ) {
    let isDeployed = configuration.dialect == .deployed
    let message = HTTPPartialResponseMessage(
      id: isDeployed ? id : nil, index: isDeployed ? JSONNumber(index) : nil,
      final: isDeployed && isLast ? true : nil, response: part)
    send(.httpPartialResponse(message), to: client, effects: &effects)
  }
}

extension OperationResponse {
  /// Whether it is sent in parts, even if there is one alone.
  fileprivate var isStreamed: Bool { contentType != "application/json" }
}

extension OperationRequest {
  fileprivate init(_ request: HTTPRequestMessage.Request) {
    self.init(
      method: request.method.uppercased(),
      path: String(request.path.prefix { $0 != "?" }), query: Self.texts(of: request.query),
      headers: [:], body: request.body)
    for (name, value) in Self.texts(of: request.headers) { headers[name.lowercased()] = value }
  }

  /// The members of an object that are texts, or numbers and truth values as they are written.
  private static func texts(of object: RawJSON) -> [String: String] {
    var texts: [String: String] = [:]
    for member in object.value.objectValue ?? [] {
      switch member.value {
      case .string(let text): texts[member.name] = text
      case .number, .bool: texts[member.name] = member.value.description
      case .null, .array, .object: break
      }
    }
    return texts
  }
}
