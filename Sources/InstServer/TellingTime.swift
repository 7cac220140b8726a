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
}
