import InstKit
import Testing

/// All layers against a server that takes short frames only and has a storage, as behind API Gateway
/// (PROTOCOL section 5, Large messages).
@EventLoop
@Suite struct GatewayConnectionTests {
  private let branch = BranchAddress(recordName: nil, inst: "i", branch: "default")
  /// 100,000 characters of base64.
  private let update = String(repeating: "A", count: 100_000)

  private func client(of server: InstServer, _ mode: LargeMessageMode) -> InstRecordsClient {
    var options = WebSocketConnectionClient.Options()
    options.largeMessages = mode
    let client = InstRecordsClient(
      AuthenticatedConnectionClient(
        WebSocketConnectionClient(url: server.url, options: options),
        credentials: .connectionID("c-\(mode.rawValue)")))
    client.connect()
    return client
  }

  private func server(hasStorage: Bool) throws -> InstServer {
    var options = InstServer.Options()
    options.storesLargeMessages = hasStorage
    return try InstServer(options)
  }

  @Test(arguments: [LargeMessageMode.auto, .upload])
  func largeUpdatesGoThereAndComeBack(_ mode: LargeMessageMode) async throws {
    let server = try server(hasStorage: true)
    let writer = client(of: server, mode)
    let reader = client(of: server, mode)
    let events = reader.watchBranchUpdates(branch)
    for number in 0..<6 {
      _ = try await writer.addUpdates(branch, ["\(number)" + update])
    }
    #expect(try await writer.getBranchUpdates(branch).updates.count == 6)
    var seen: Set<Character> = []
    for await event in events.elements {
      if case .updates(let updates, _) = event { seen.formUnion(updates.compactMap(\.first)) }
      if seen.count == 6 { break }
    }
    #expect(seen == Set("012345"))
    for client in [writer, reader] {
      client.disconnect()
      await client.finished()
    }
    await server.stop()
  }

  @Test func autoWorksWithoutAStorageAndUploadDoesNot() async throws {
    let server = try server(hasStorage: false)
    let auto = client(of: server, .auto)
    _ = try await auto.addUpdates(branch, [update])
    let upload = client(of: server, .upload)
    do throws(ClientError) {
      _ = try await upload.addUpdates(branch, [update])
      Issue.record("uploaded to nowhere")
    } catch {
      guard case .refused(let info) = error else {
        Issue.record("another error: \(error)")
        return
      }
      #expect(info.errorCode == .notSupported)
    }
    for client in [auto, upload] {
      client.disconnect()
      await client.finished()
    }
    await server.stop()
  }
}
