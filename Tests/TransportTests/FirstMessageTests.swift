import Testing
import WebSocket

@testable import Transport

/// A server that speaks first, in the same breath as its answer to the upgrade.
@EventLoop
@Suite struct FirstMessageTests {
  /// With TLS, OpenSSL has taken the message from the socket already when the handshake is done, and
  /// no event of the socket tells of it.
  @Test(arguments: [false, true])
  func aMessageBehindTheUpgradeArrives(isSecure: Bool) async throws {
    var accept = AcceptOptions()
    var connect = ConnectOptions()
    if isSecure {
      accept.tls = try TLSContext.server(identity: .selfSigned)
      connect.tls = try TLSContext.client(trust: .anybody)
    }
    let listener = try Listener(host: "127.0.0.1", port: 0) { [accept] connection in
      EventLoop.start {
        guard let channel = try? await WebSocketChannel.accept(connection, options: accept) else {
          return
        }
        try? channel.send(.text("first"))
        channel.close(CloseFrame(code: .normal, reason: ""))
        await channel.finished()
      }
    }
    let url = WebSocketURL(
      isSecure: isSecure, host: "127.0.0.1", port: listener.address.port, target: "/")
    let (channel, recorder) = try await WebSocketChannel.recorded(to: url, options: connect)
    #expect(try await recorder.messages.next() == .text("first"))
    guard case .closed(let closure) = try await recorder.ends.next() else {
      Issue.record("the channel was not closed in order")
      return
    }
    #expect(closure.received?.code == .normal)
    await channel.finished()
    listener.close()
  }
}
