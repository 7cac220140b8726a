import InstProtocol
import JSONText

extension InstServerCore {
  /// Tells the time, to anybody.
  func tellTime(
    _ request: TimeSyncRequest, _ client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    let time = JSONNumber(Int(now))
    let response = TimeSyncResponse(
      id: request.id, clientRequestTime: request.clientRequestTime, serverReceiveTime: time,
      serverTransmitTime: time)
    send(.timeSyncResponse(response), to: client, effects: &effects)
  }

  /// This server has no HTTP operations.
  func answerHTTP(_ request: HTTPRequestMessage, _ client: ClientID, effects: inout [Effect]) {
    let body = RawJSON([
      "success": false, "errorCode": "operation_not_found",
      "errorMessage": "This server has no HTTP operations.",
    ])
    let response = TunnelledResponse(
      statusCode: 404, headers: RawJSON([:]), body: RawJSON(string: body.description))
    let id = configuration.dialect == .deployed ? request.id : nil
    send(
      .httpResponse(HTTPResponseMessage(id: id, response: response)), to: client,
      effects: &effects)
  }
}
