import InstClient
import InstProtocol
import JSONText
import Transport

extension ServerConnection {
  /// Logs in on the socket and gives who the server says we are. The connection stays open until the
  /// run's end.
  ///
  /// - Parameter timeout: how long nothing may move; nil for as long as connecting may take, which
  ///   includes the login.
  @EventLoop
  func logIn(_ run: CommandRun, timeout: DurationArgument?) async throws(Failure) -> ConnectionInfo
  {
    let client = try client(for: nil, reconnects: false)
    let request = RequestRun(
      run, client, timeout: timeout ?? .init(milliseconds: 60_000, text: "1m"),
      what: "the login was not answered", isWaiting: { timeout != nil })
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
