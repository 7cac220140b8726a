import InstProtocol
import JSONText

extension InstServerCore {
  /// The id of the server's messages: a gateway's is another.
  var messageID: JSONNumber { configuration.messageStorageURL == nil ? -1 : 0 }

  /// Sends a message to one connection.
  func send(_ message: ServerMessage, to client: ClientID, effects: inout [Effect]) {
    send(message, to: [client], effects: &effects)
  }

  /// Sends a message to several connections, written once.
  func send(_ message: ServerMessage, to clients: [ClientID], effects: inout [Effect]) {
    send(.message(id: messageID, message), to: clients, effects: &effects)
  }

  /// Sends an error event. Its id is that of the frame that was wrong, -1 for a refusal, and null
  /// when the frame had none.
  func send(
    error: ErrorInfo, id: JSONNumber?, to client: ClientID, effects: inout [Effect]
  ) {
    send(.error(id: id, error), to: [client], effects: &effects)
  }

  /// Sends an error event with a code and words.
  func fail(
    _ code: ErrorCode, _ message: String, _ id: JSONNumber, _ client: ClientID,
    _ effects: inout [Effect]
  ) {
    let info = ErrorInfo(errorCode: code, errorMessage: message)
    send(error: info, id: id, to: client, effects: &effects)
  }

  func send(
    _ envelope: Envelope<ServerMessage>, to clients: [ClientID], effects: inout [Effect]
  ) {
    var writer = JSONWriter(capacity: 512)
    // This server makes no message that its own dialect could not express.
    do throws(DialectError) {
      try envelope.write(to: &writer, dialect: configuration.dialect)
    } catch { return }
    let frame = writer.bytes
    for client in clients { effects.append(.send(client, frame)) }
  }
}
