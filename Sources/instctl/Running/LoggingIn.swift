import InstClient
import InstProtocol
import JSONText
import Transport

extension ServerConnection {
  /// Logs in on the socket and gives who the server says we are. The connection stays open until the
  /// run's end.
  @EventLoop
  func logIn(_ run: CommandRun) async throws(Failure) -> ConnectionInfo {
    let client = try client(for: nil, reconnects: false)
    // The time for connecting includes the login; beyond it nothing is waited for.
    let request = RequestRun(
      run, client, timeout: .init(milliseconds: 60_000, text: "1m"),
      what: "the login was not answered", isWaiting: { false })
    request.start()
    defer { withExtendedLifetime(request) {} }
    while !run.isEnding {
      if let info = client.connectionState.info { return info }
      await client.nextConnectionChange()
    }
    throw Failure(ClientError.cancelled)
  }
}

extension JSONWriter {
  /// Who a connection is, with whatever else the server has said about it.
  mutating func value(_ info: ConnectionInfo) {
    beginObject()
    key("connectionId")
    string(info.connectionID)
    key("sessionId")
    if let sessionID = info.sessionID { string(sessionID) } else { null() }
    key("userId")
    if let userID = info.userID { string(userID) } else { null() }
    for field in info.unknownFields {
      key(string: field.name)
      passThrough(field.value)
    }
    endObject()
  }
}
