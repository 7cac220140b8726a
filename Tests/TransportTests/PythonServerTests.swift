import Testing
import WebSocket

@testable import Transport

/// Our client and the server of Python's `websockets`.
@EventLoop
@Suite(.serialized)
struct PythonServerTests {
  /// What the server adds to its account of a connection.
  private func suffix(_ link: Link) -> String { link.isCompressed ? " deflate" : "" }

  /// 5 MB that do not compress: nothing repeats within zlib's window of 32 KiB. (Doubling is quick
  /// even in a debug build.)
  private static let noise: [UInt8] = {
    var random = SplitMix64(seed: 1)
    var noise = (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) }
    while noise.count < 5_000_000 { noise += noise }
    return Array(noise.prefix(5_000_000))
  }()

  @Test(arguments: Link.all) func messagesComeBack(link: Link) async throws {
    let server = try await PythonServer(link)
    defer { server.stop() }
    let (channel, recorder) = try await WebSocketChannel.recorded(
      to: server.url("echo"), options: server.options())
    let messages = [
      .text(""), .text("hällo 🦆"), .binary([]), .binary([0, 255]),
      .text(String(repeating: "a", count: 125)), .text(String(repeating: "b", count: 126)),
      .binary(Array(repeating: 1, count: 65_535)), .binary(Array(repeating: 2, count: 65_536)),
      .binary(Self.noise), .text(String(repeating: "lang ", count: 1 << 17)), Message.text("last"),
    ]
    for message in messages { try channel.send(message) }
    for message in messages {
      let received = try await recorder.messages.next()
      #expect(received == message)
    }
    channel.close(CloseFrame(code: CloseCode(rawValue: 4321), reason: "tschüss"))
    let end = try await recorder.ends.next()
    #expect(end.closeCode == 4321)
    guard case .closed(let closure) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(closure.startedHere && closure.isClean)
    #expect(try await server.end() == "4321 tschüss\(suffix(link))")
    await channel.finished()
  }

  @Test(arguments: [true, false]) func ourFragmentsAreUnderstood(compressed: Bool) async throws {
    let server = try await PythonServer(Link(isCompressed: compressed, isSecure: false))
    defer { server.stop() }
    var options = try server.options()
    options.connection.fragmentSize = 1000
    let (channel, recorder) = try await WebSocketChannel.recorded(
      to: server.url("echo"), options: options)
    let message = Message.text(String(repeating: "ä🦆", count: 50_000))
    try channel.send(message)
    #expect(try await recorder.messages.next() == message)
    channel.abort()
  }

  @Test(arguments: Link.all) func fragmentsWithPingsBetween(link: Link) async throws {
    let server = try await PythonServer(link)
    defer { server.stop() }
    let (channel, recorder) = try await WebSocketChannel.recorded(
      to: server.url("fragments"), options: server.options())
    #expect(
      try await recorder.messages.next() == .text(String(repeating: "häppchen ", count: 1000)))
    let bytes = (0..<100).flatMap { _ in (0...255).map { UInt8($0) } }
    #expect(try await recorder.messages.next() == .binary(bytes))
    channel.close(CloseFrame(code: nil))
    #expect(try await recorder.ends.next().closeCode == 1005)
    #expect(try await server.end() == "1005 \(suffix(link))")
  }

  @Test func pingsAreAnswered() async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    let (channel, recorder) = try await WebSocketChannel.recorded(to: server.url("ping"))
    #expect(try await recorder.messages.next() == .text("pong"))
    channel.abort()
  }

  /// The server says nothing for many times the ping interval, but answers the pings.
  @Test func ourPingsAreAnswered() async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    var options = ConnectOptions()
    options.connection.pingInterval = 50_000_000
    options.connection.pingTimeout = 1_500_000_000
    let (channel, recorder) = try await WebSocketChannel.recorded(
      to: server.url("later/2500"), options: options)
    #expect(try await recorder.messages.next() == .text("later"))
    #expect(recorder.ends.count == 0)
    channel.abort()
  }

  @Test(arguments: [1000, 1011, 4999])
  func theServerClosesWithACode(code: Int) async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    let (channel, recorder) = try await WebSocketChannel.recorded(
      to: server.url("close/\(code)/sch%C3%B6n"))
    let end = try await recorder.ends.next()
    guard case .closed(let closure) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(!closure.startedHere && closure.isClean)
    #expect(end.closeCode == code)
    #expect(closure.received?.reason == "schön")
    #expect(closure.sent?.code == closure.received?.code)
    // The close frame is answered with its code alone.
    #expect(try await server.end() == "\(code)  deflate")
    await channel.finished()
  }

  @Test(arguments: [1000, 1009, 3333])
  func weCloseWithACode(code: UInt16) async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    let (channel, recorder) = try await WebSocketChannel.recorded(to: server.url("echo"))
    channel.close(CloseFrame(code: CloseCode(rawValue: code), reason: "because"))
    #expect(try await recorder.ends.next().closeCode == Int(code))
    #expect(try await server.end() == "\(code) because deflate")
  }

  @Test func withoutAnOfferNothingIsCompressed() async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    var options = ConnectOptions()
    options.deflate = nil
    let (channel, recorder) = try await WebSocketChannel.recorded(
      to: server.url("echo"), options: options)
    let message = Message.text(String(repeating: "a", count: 1000))
    try channel.send(message)
    #expect(try await recorder.messages.next() == message)
    channel.close(CloseFrame())
    #expect(try await server.end() == "1000 ")
  }

  @Test func aMessageOverTheLimitIsRefusedAfterInflating() async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    var options = ConnectOptions()
    options.connection.maximumMessageSize = 50_000
    let (channel, recorder) = try await WebSocketChannel.recorded(
      to: server.url("echo"), options: options)
    try channel.send(.text(String(repeating: "a", count: 50_000)))
    #expect(try await recorder.messages.next().bytes.count == 50_000)
    try channel.send(.text(String(repeating: "a", count: 50_001)))
    #expect(try await recorder.ends.next() == .failed(.messageTooLarge(limit: 50_000)))
    #expect(try await server.end().hasPrefix("1009 "))
  }
}
