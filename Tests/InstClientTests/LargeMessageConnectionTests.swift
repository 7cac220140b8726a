import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

@testable import InstClient

/// Large messages between real sockets and a real storage (PROTOCOL section 5, Large messages).
@EventLoop
@Suite struct LargeMessageConnectionTests {
  private let peer: SocketPeer
  private let delegate = SocketDelegate()
  /// So many characters are more than a frame may have.
  private let text = String(repeating: "x", count: 40_000)

  init() throws { peer = try SocketPeer() }

  private func connected(
    _ mode: LargeMessageMode = .auto, maximumMessageSize: Int = 1 << 20
  ) async -> WebSocketConnectionClient {
    var options = WebSocketConnectionClient.Options()
    options.largeMessages = mode
    options.connect.fields = [HTTPField(name: "Cookie", value: "secret=1")]
    options.connect.origin = "https://app"
    options.connect.connection.maximumMessageSize = maximumMessageSize
    options.reconnect.minimumMilliseconds = 1
    options.reconnect.maximumMilliseconds = 1
    let client = WebSocketConnectionClient(url: peer.url, options: options)
    client.delegate = delegate
    client.connect()
    await delegate.until { client.isConnected }
    client.markEstablished()
    return client
  }

  private func end(_ client: WebSocketConnectionClient, _ storage: StoragePeer? = nil) async {
    client.disconnect()
    client.delegate = nil
    await client.finished()
    peer.stop()
    storage?.stop()
  }

  private func large(_ text: String) throws -> ClientMessage {
    .unknown(type: "t", try RawJSON(validating: #"{"type":"t","text":"\#(text)"}"#))
  }

  private func place(_ storage: StoragePeer, _ name: String = "k", host: String = "127.0.0.1")
    -> String
  { "http://\(host):\(storage.port)/\(name)?signature=hush" }

  /// Answers `[2, id]` with a place in the storage.
  private func offer(_ storage: StoragePeer) {
    peer.answer = { [self] frame in
      guard frame.hasPrefix("[2,") else { return [] }
      let id = frame.dropFirst(3).dropLast()
      return [#"[3,\#(id),"\#(place(storage, "k\(id)"))","PUT",{"x-more":"1"}]"#]
    }
  }

  // MARK: Uploads

  @Test func aLargeMessageIsPutIntoTheStorageAndAnnounced() async throws {
    let storage = try StoragePeer { _, _ in StoragePeer.Response() }
    offer(storage)
    let client = await connected()
    #expect(try client.send(large(text)) == 1)
    #expect(client.pendingOutput >= 40_000)
    await delegate.until { peer.frames.count == 2 }
    #expect(
      peer.frames == ["[2,1]", #"[4,2,"http://127.0.0.1:\#(storage.port)/k1","GET",{}]"#])
    let request = try #require(storage.requests.first)
    #expect(storage.requests.count == 1)
    #expect(request.method == "PUT")
    #expect(request.target == "/k1?signature=hush")
    // The message alone, and nothing of the WebSocket's.
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"type":"t","text":"\#(text)"}"#)
    #expect(request.fields["content-type"] == "application/json")
    #expect(request.fields["x-amz-acl"] == "bucket-owner-full-control")
    #expect(request.fields["x-more"] == "1")
    #expect(request.fields["cookie"] == nil)
    #expect(request.fields["origin"] == nil)
    #expect(request.fields["authorization"] == nil)
    await delegate.until { client.pendingOutput == 0 }
    #expect(delegate.roomCount > 0)
    #expect(delegate.sendingFailures.isEmpty)
    await end(client, storage)
  }

  @Test func aSmallMessageIsNot() async throws {
    let client = await connected(.upload)
    _ = try client.send(large("x"))
    await delegate.until { peer.frames.count == 1 }
    #expect(peer.frames == [#"[1,1,{"type":"t","text":"x"}]"#])
    await end(client)
  }

  @Test func anErrorAboutTheAnnouncementIsAboutTheMessage() async throws {
    let storage = try StoragePeer { _, _ in StoragePeer.Response() }
    offer(storage)
    let client = await connected()
    _ = try client.send(large(text))
    await delegate.until { peer.frames.count == 2 }
    peer.send(#"[5,2,{"success":false,"errorCode":"message_not_found","errorMessage":"gone"}]"#)
    await delegate.until { !delegate.contents.isEmpty }
    #expect(
      delegate.contents == [
        #"[5,1,{"success":false,"errorCode":"message_not_found","errorMessage":"gone"}]"#
      ])
    await end(client, storage)
  }

  @Test func atMostFourUploadsRunAtATime() async throws {
    let storage = try StoragePeer { _, _ in StoragePeer.Response(waits: true) }
    offer(storage)
    let client = await connected()
    for _ in 0..<6 { _ = try client.send(large(text)) }
    await delegate.until { storage.openCount == 4 }
    #expect(storage.requests.count == 4)
    #expect(client.pendingOutput >= 240_000)
    storage.release()
    await delegate.until { peer.frames.count == 12 }
    #expect(storage.requests.count == 6)
    #expect(client.pendingOutput == 0)
    await end(client, storage)
  }

  @Test func anUploadIsTriedThreeTimes() async throws {
    let storage = try StoragePeer { _, number in
      StoragePeer.Response(status: number < 3 ? 503 : 200)
    }
    offer(storage)
    let client = await connected()
    _ = try client.send(large(text))
    await delegate.until { peer.frames.count == 2 }
    #expect(storage.requests.count == 3)
    await end(client, storage)
  }

  @Test func anUploadThatFailsForGoodFailsTheMessageAndShowsNoSignature() async throws {
    let storage = try StoragePeer { _, _ in StoragePeer.Response(status: 403) }
    offer(storage)
    let client = await connected()
    _ = try client.send(large(text))
    await delegate.until { !delegate.sendingFailures.isEmpty }
    // Another try would be refused as well.
    #expect(storage.requests.count == 1)
    #expect(delegate.sendingFailures.map(\.id) == [1])
    let url = "http://127.0.0.1:\(storage.port)/k1"
    #expect(
      delegate.sendingFailures.first?.error
        == .storage(StorageError(.upload, url: url, .status(403))))
    #expect(
      delegate.sendingFailures.first?.error.description
        == "the upload of a large message to \(url) failed: status 403")
    #expect(client.isConnected)
    #expect(client.pendingOutput == 0)
    await end(client, storage)
  }

  @Test func aLostConnectionCancelsItsUploads() async throws {
    let storage = try StoragePeer { _, _ in StoragePeer.Response(waits: true) }
    offer(storage)
    let client = await connected()
    _ = try client.send(large(text))
    await delegate.until { storage.openCount == 1 }
    peer.hangUp()
    await delegate.until { peer.connectionCount == 2 && client.isConnected }
    #expect(client.pendingOutput == 0)
    storage.release()
    await delegate.until { storage.openCount == 0 }
    // Whatever was to be said of the upload would have been said before this.
    _ = try client.send(large("x"))
    await delegate.until { peer.frames.count >= 2 }
    #expect(peer.frames.last == #"[1,2,{"type":"t","text":"x"}]"#)
    #expect(peer.frames.count == 2)
    await end(client, storage)
  }

  // MARK: Without a storage

  private func refuseUploads() {
    peer.answer = { frame in
      guard frame.hasPrefix("[2,") else { return [] }
      return [
        #"[5,\#(frame.dropFirst(3).dropLast()),{"success":false,"errorCode":"not_supported","errorMessage":"no"}]"#
      ]
    }
  }

  @Test func autoLearnsThatThereIsNoStorage() async throws {
    refuseUploads()
    let client = await connected()
    _ = try client.send(large(text))
    _ = try client.send(large(text))
    await delegate.until { peer.frames.count == 4 }
    #expect(peer.frames.prefix(2) == ["[2,1]", "[2,2]"])
    #expect(peer.frames[2] == #"[1,1,{"type":"t","text":"\#(text)"}]"#)
    #expect(peer.frames[3] == #"[1,2,{"type":"t","text":"\#(text)"}]"#)
    peer.hangUp()
    await delegate.until { peer.connectionCount == 2 && client.isConnected }
    _ = try client.send(large(text))
    await delegate.until { peer.frames.count == 5 }
    #expect(peer.frames.last?.hasPrefix("[1,3,") == true)
    // Neither refusal was news for anybody.
    #expect(delegate.contents.isEmpty)
    #expect(delegate.sendingFailures.isEmpty)
    await end(client)
  }

  @Test func uploadFailsWithoutAStorage() async throws {
    refuseUploads()
    let client = await connected(.upload)
    _ = try client.send(large(text))
    await delegate.until { !delegate.sendingFailures.isEmpty }
    #expect(delegate.sendingFailures.map(\.id) == [1])
    guard case .refused(let info)? = delegate.sendingFailures.first?.error else {
      Issue.record("not refused")
      return
    }
    #expect(info.errorCode == .notSupported)
    #expect(peer.frames == ["[2,1]"])
    await end(client)
  }

  @Test func inlineNeverAsks() async throws {
    let client = await connected(.inline)
    _ = try client.send(large(text))
    await delegate.until { peer.frames.count == 1 }
    #expect(peer.frames[0].hasPrefix("[1,1,"))
    await end(client)
  }

  // MARK: Downloads

  private func announce(_ storage: StoragePeer, _ name: String) {
    peer.send(#"[4,-1,"\#(place(storage, name))","GET",{"x-read":"1"}]"#)
  }

  @Test func aDownloadArrivesAsIfItHadBeenAMessage() async throws {
    let storage = try StoragePeer { [text] _, _ in
      StoragePeer.Response(body: Array(#"{"type":"t","text":"\#(text)"}"#.utf8))
    }
    let client = await connected()
    announce(storage, "k")
    await delegate.until { !delegate.types.isEmpty }
    #expect(delegate.contents == [#"[1,-1,{"type":"t","text":"\#(text)"}]"#])
    let request = try #require(storage.requests.first)
    #expect(request.method == "GET")
    #expect(request.target == "/k?signature=hush")
    #expect(request.fields["x-read"] == "1")
    #expect(request.fields["cookie"] == nil)
    #expect(request.fields["origin"] == nil)
    await end(client, storage)
  }

  @Test func manyDownloadsWaitAndLetTheServerWait() async throws {
    let storage = try StoragePeer { request, _ in
      StoragePeer.Response(
        body: Array(#"{"type":"\#(request.target.prefix(3).dropFirst())"}"#.utf8), waits: true)
    }
    let client = await connected()
    for number in 10..<40 { announce(storage, "\(number)") }
    peer.send(#"[1,-1,{"type":"after"}]"#)
    await delegate.until { storage.openCount == 4 }
    #expect(storage.requests.count == 4)
    storage.release()
    await delegate.until { delegate.types.count == 31 }
    #expect(Set(delegate.types) == Set((10..<40).map(String.init) + ["after"]))
    // The message behind them was not read before some of them were through.
    #expect(delegate.types.first != "after")
    await end(client, storage)
  }

  @Test func aDownloadThatIsDoneWaitsWhileReadingIsPaused() async throws {
    let storage = try StoragePeer { _, _ in
      StoragePeer.Response(body: Array(#"{"type":"t"}"#.utf8), waits: true)
    }
    let client = await connected()
    announce(storage, "k")
    await delegate.until { storage.openCount == 1 }
    client.pauseReading()
    storage.release()
    await delegate.until { storage.openCount == 0 }
    // Many turns of the loop later it would have been delivered.
    var turns = 0
    await delegate.until {
      turns += 1
      return turns == 100
    }
    #expect(delegate.types.isEmpty)
    client.resumeReading()
    await delegate.until { delegate.types == ["t"] }
    await end(client, storage)
  }

  @Test func aDownloadIsTriedAgain() async throws {
    let storage = try StoragePeer { _, number in
      number < 3
        ? StoragePeer.Response(status: 404)
        : StoragePeer.Response(body: Array(#"{"type":"t"}"#.utf8))
    }
    let client = await connected()
    announce(storage, "k")
    await delegate.until { delegate.types == ["t"] }
    #expect(storage.requests.count == 3)
    #expect(peer.connectionCount == 1)
    await end(client, storage)
  }

  @Test(arguments: [[0x22, 0xFF, 0x22], Array("{".utf8)])
  func aDownloadThatFailsForGoodCostsTheConnection(_ body: [UInt8]) async throws {
    let storage = try StoragePeer { _, _ in StoragePeer.Response(body: body) }
    let client = await connected()
    announce(storage, "k")
    await delegate.until { peer.connectionCount == 2 }
    #expect(storage.requests.count == 4)
    let reason = delegate.states.compactMap(\.reason).first
    #expect(
      reason?.hasPrefix("the download of a large message from http://127.0.0.1:") == true)
    #expect(reason?.contains("hush") == false)
    #expect(delegate.types.isEmpty)
    await end(client, storage)
  }

  @Test func aDownloadBeyondTheLimitOfMessagesIsTheEnd() async throws {
    let storage = try StoragePeer { [text] _, _ in
      StoragePeer.Response(body: Array(#"{"type":"\#(text)"}"#.utf8))
    }
    let client = await connected(maximumMessageSize: 1000)
    announce(storage, "k")
    await delegate.until { delegate.failure != nil }
    guard case .storage(let error)? = delegate.failure else {
      Issue.record("another failure")
      return
    }
    #expect(error.cause == .http(.bodyTooLarge(limit: 1000)))
    // It would be as large the next time.
    #expect(storage.requests.count == 1)
    #expect(peer.connectionCount == 1)
    await end(client, storage)
  }

  @Test func aLostConnectionCancelsItsDownloads() async throws {
    let storage = try StoragePeer { _, _ in
      StoragePeer.Response(body: Array(#"{"type":"old"}"#.utf8), waits: true)
    }
    let client = await connected()
    announce(storage, "k")
    await delegate.until { storage.openCount == 1 }
    peer.hangUp()
    await delegate.until { peer.connectionCount == 2 && client.isConnected }
    storage.release()
    await delegate.until { storage.openCount == 0 }
    peer.send(#"[1,-1,{"type":"new"}]"#)
    await delegate.until { !delegate.types.isEmpty }
    #expect(delegate.types == ["new"])
    await end(client, storage)
  }
}

/// Where large messages may go (PROTOCOL section 5, Large messages).
@EventLoop
@Suite struct StoragePlaceTests {
  /// A server with TLS may not send its messages to places without it.
  @Test(arguments: [
    "http://storage.test/k?s=1", "http://127.0.0.1.test/k", "http://10.0.0.1/k",
    "ftp://storage.test/k", "",
  ])
  func placesMustBeSafe(_ url: String) async {
    let server = WebSocketURL(isSecure: true, host: "host", port: 443, target: "/")
    let storage = HTTPMessageStorage(for: server, options: .init())
    do throws(StorageError) {
      _ = try await storage.download(StorageRequest(url: url, method: "GET"))
      Issue.record("fetched from \(url)")
    } catch {
      guard case .unusablePlace = error.cause else {
        Issue.record("not refused: \(error)")
        return
      }
      #expect(!error.description.contains("s=1"))
    }
  }

  @Test func aRedirectIsNotFollowedAndItsQueryNotShown() async throws {
    let peer = try StoragePeer { _, _ in
      StoragePeer.Response(status: 307, location: "http://127.0.0.1:1/other?signature=hush")
    }
    let server = WebSocketURL(isSecure: false, host: "host", port: 80, target: "/")
    let storage = HTTPMessageStorage(for: server, options: .init())
    let url = "http://127.0.0.1:\(peer.port)/k"
    let cause = StorageError.Cause.http(
      .redirected(status: 307, location: "http://127.0.0.1:1/other"))
    await #expect(throws: StorageError(.download, url: url, cause)) {
      try await storage.download(StorageRequest(url: url + "?signature=hush", method: "GET"))
    }
    peer.stop()
  }

  @Test func aStorageOnThisMachineNeedsNoTLS() async throws {
    let peer = try StoragePeer { _, _ in StoragePeer.Response(body: [0x31]) }
    let server = WebSocketURL(isSecure: true, host: "host", port: 443, target: "/")
    let storage = HTTPMessageStorage(for: server, options: .init())
    let body = try await storage.download(
      StorageRequest(url: "http://127.0.0.1:\(peer.port)/k", method: "GET"))
    #expect(body == [0x31])
    peer.stop()
  }
}
