import InstKit

// The example of the README, as it stands there, so that it is known to compile.

@EventLoop
func copy(_ name: String, to copyName: String, on server: String) async throws {
  let socket = WebSocketConnectionClient(url: try WebSocketURL(server: server))
  let client = InstRecordsClient(
    AuthenticatedConnectionClient(socket, credentials: .connectionID("copier")))
  client.connect()
  let source = BranchAddress(recordName: nil, inst: name, branch: "default")
  let target = BranchAddress(recordName: nil, inst: copyName, branch: "default")
  let updates = try await client.getBranchUpdates(source).updates
  _ = try await client.addUpdates(target, updates)
  client.disconnect()
  await client.finished()
}
