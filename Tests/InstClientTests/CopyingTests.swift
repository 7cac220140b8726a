import InstKit
import Testing

@Suite struct CopyingTests {
  /// Client and server in one process, over a real socket.
  @EventLoop
  @Test func theExampleOfTheReadmeCopiesABranch() async throws {
    let server = try InstServer()
    let url = server.url.description
    let socket = WebSocketConnectionClient(url: server.url)
    let client = InstRecordsClient(
      AuthenticatedConnectionClient(socket, credentials: .connectionID("writer")))
    client.connect()
    let source = BranchAddress(recordName: nil, inst: "a", branch: "default")
    _ = try await client.addUpdates(source, ["AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA=="])
    try await copy("a", to: "b", on: url)
    let target = BranchAddress(recordName: nil, inst: "b", branch: "default")
    #expect(
      try await client.getBranchUpdates(target).updates == ["AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA=="])
    client.disconnect()
    await client.finished()
    await server.stop()
  }
}
