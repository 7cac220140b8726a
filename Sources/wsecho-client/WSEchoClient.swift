import ArgumentParser
import Glibc
import Transport
import WebSocket

/// Connects, echoes every message until the connection closes, and exits 0: the program that
/// conformance suites and other people's tests drive.
@main
struct WSEchoClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wsecho-client",
    abstract: "Connects to a WebSocket server and sends every message back.",
    discussion: """
      Exits 0 when the connection was opened and has ended, however it ended; 1 when it could not be \
      opened.
      """)

  @Argument(help: "The server's URL, ws:// or wss://.")
  var url: String

  @Option(help: ArgumentHelp("Trust the certificates in this PEM file.", valueName: "file"))
  var cacert: String?

  @Flag(name: [.customShort("k"), .long], help: "Do not verify the server's certificate.")
  var insecure = false

  @Flag(inversion: .prefixedNo, help: "Offer permessage-deflate with client_max_window_bits.")
  var compress = true

  @Option(
    help: ArgumentHelp("The largest message accepted, after decompression.", valueName: "bytes"))
  var maxMessage = 64 << 20

  @Option(help: ArgumentHelp("The largest frame accepted.", valueName: "bytes"))
  var maxFrame: Int?

  @Option(
    help: ArgumentHelp("Give up when the connection takes longer to open.", valueName: "ms"))
  var connectTimeout: Int64 = 10_000

  @Flag(name: .shortAndLong, help: "Tell on stderr how the connection ended.")
  var verbose = false

  func validate() throws {
    guard maxMessage > 0, maxFrame.map({ $0 > 0 }) ?? true, connectTimeout > 0 else {
      throw ValidationError("limits must be greater than 0")
    }
  }

  func run() throws {
    let url = try WebSocketURL(server: self.url)
    let outcome = EventLoop.run { await echo(url) }
    if verbose || !outcome.isOpened { complain(outcome.text) }
    if !outcome.isOpened { throw ExitCode.failure }
  }

  @EventLoop
  private func echo(_ url: WebSocketURL) async -> (isOpened: Bool, text: String) {
    do {
      var options = ConnectOptions()
      options.connection.maximumMessageSize = maxMessage
      options.connection.maximumFrameSize = maxFrame ?? maxMessage
      options.deflate = compress ? DeflateOffer() : nil
      if url.isSecure {
        let trust: TLSContext.Trust = insecure ? .anybody : cacert.map { .file($0) } ?? .system
        options.tls = try TLSContext.client(trust: trust)
      }
      let channel = try await WebSocketChannel.connect(
        to: url, options: options,
        deadline: Deadline(milliseconds: connectTimeout, from: Reactor.shared.now))
      let echo = Echo()
      channel.handler = echo
      let end = await echo.end.get()
      await channel.finished()
      return (true, end.description)
    } catch {
      return (false, "\(error)")
    }
  }

  private func complain(_ text: String) {
    var line = "wsecho-client: \(text)\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Sends back what arrives. When the peer does not read, nothing more is read from it either.
@EventLoop
private final class Echo: WebSocketChannelHandler {
  let end = Promise<ChannelEnd>()

  /// Unsent echoes beyond this stop the reading.
  private static let highWater = 1 << 20

  func channel(
    _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) {
    do throws(WebSocketError) {
      try channel.send(kind, payload)
    } catch {
      // Nothing is sent after a close frame, which the peer may cross with messages.
      if case .notOpen = error { return }
      channel.close(CloseFrame(code: .internalError, reason: "the echo cannot be sent"))
    }
    if channel.pendingOutput > Self.highWater { channel.pauseReading() }
  }

  func channelDrained(_ channel: WebSocketChannel) {}

  func channelCanSend(_ channel: WebSocketChannel) { channel.resumeReading() }

  func channel(_ channel: WebSocketChannel, ended end: ChannelEnd) { self.end.fulfil(end) }
}
