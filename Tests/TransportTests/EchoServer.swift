import Testing
import WebSocket

@testable import Transport

/// Our own server, on the loopback: sends back every message, and does what some texts ask for.
@EventLoop
final class EchoServer {
  let address: SocketAddress
  let isSecure: Bool
  /// How connections ended that had come about.
  let ends = Mailbox<ChannelEnd>("the end of a connection")
  /// Why others did not come about.
  let failures = Mailbox<ConnectError>("the failure of a connection")
  private let listener: Listener

  init(host: String = "127.0.0.1", options: AcceptOptions = AcceptOptions()) throws {
    isSecure = options.tls != nil
    listener = try Listener(host: host, port: 0) { [ends, failures] connection in
      EventLoop.start {
        do throws(ConnectError) {
          let channel = try await WebSocketChannel.accept(connection, options: options)
          channel.handler = Echo(ends)
          await channel.finished()
        } catch {
          failures.put(error)
        }
      }
    }
    address = listener.address
  }

  func close() { listener.close() }

  func url(host: String? = nil, target: String = "/") -> WebSocketURL {
    WebSocketURL(
      isSecure: isSecure, host: host ?? address.host, port: address.port, target: target)
  }

  private final class Echo: WebSocketChannelHandler {
    private let ends: Mailbox<ChannelEnd>

    init(_ ends: Mailbox<ChannelEnd>) { self.ends = ends }

    func channel(
      _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer
    ) {
      let words = String(decoding: payload.prefix(100), as: UTF8.self)
        .split(separator: " ", maxSplits: 2)
      if kind == .text, words.first == "close",
        let code = words.dropFirst().first.flatMap({ UInt16($0) })
      {
        let reason = words.count > 2 ? String(words[2]) : ""
        return channel.close(CloseFrame(code: CloseCode(rawValue: code), reason: reason))
      }
      do throws(WebSocketError) {
        try channel.send(kind, payload)
      } catch { Issue.record(error) }
    }

    func channelDrained(_ channel: WebSocketChannel) {}

    func channelCanSend(_ channel: WebSocketChannel) {}

    func channel(_ channel: WebSocketChannel, ended end: ChannelEnd) { ends.put(end) }
  }
}
