import Glibc
import Transport
import WebSocket

/// Receives with our engine and counts: what a user of the library pays before doing anything with a
/// message. Usage: `wsreceive [--cacert FILE] URL`.
@main
struct WSReceive {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    var trust = TLSContext.Trust.system
    if let option = arguments.firstIndex(of: "--cacert"), option + 1 < arguments.count {
      trust = .file(arguments[option + 1])
      arguments.removeSubrange(option...option + 1)
    }
    guard arguments.count == 1 else { fail("usage: wsreceive [--cacert FILE] URL") }
    let text = arguments[0]
    let counts = EventLoop.run { await receive(text, trust: trust) }
    print(#"{"messages":\#(counts.messages),"bytes":\#(counts.bytes)}"#)
  }

  @EventLoop
  private static func receive(
    _ text: String, trust: TLSContext.Trust
  ) async -> (messages: Int, bytes: Int) {
    do {
      let url = try WebSocketURL(server: text)
      var options = ConnectOptions()
      if url.isSecure { options.tls = try TLSContext.client(trust: trust) }
      let channel = try await WebSocketChannel.connect(
        to: url, options: options, deadline: Deadline(milliseconds: 10_000))
      let counter = Counter()
      channel.handler = counter
      let end = await counter.end.get()
      guard case .closed = end else { fail("\(end)") }
      await channel.finished()
      return (counter.messages, counter.bytes)
    } catch {
      fail("\(error)")
    }
  }

  private static func print(_ line: String) {
    var line = line + "\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func fail(_ text: String) -> Never {
    print("wsreceive: \(text)")
    exit(1)
  }
}

@EventLoop
private final class Counter: WebSocketChannelHandler {
  let end = Promise<ChannelEnd>()
  private(set) var messages = 0
  private(set) var bytes = 0

  func channel(
    _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) {
    messages += 1
    bytes += payload.count
  }

  func channelDrained(_ channel: WebSocketChannel) {}
  func channelCanSend(_ channel: WebSocketChannel) {}
  func channel(_ channel: WebSocketChannel, ended end: ChannelEnd) { self.end.fulfil(end) }
}
