import InstProtocol
import JSONText
import Transport
import WebSocket

/// Moves large messages by way of the storage that the server names: ``LargeMessages`` says what is to be
/// done, this does it.
@EventLoop
final class LargeMessageCourier {
  private weak var carrier: (any LargeMessageCarrier)?
  private let storage: any MessageStorage
  private var messages: LargeMessages
  private let uploads = TransferQueue(limit: parallelTransfers)
  private let downloads = TransferQueue(limit: parallelTransfers)
  private var isHoldingUp = false
  /// Bytes of the messages that were fetched.
  private(set) var fetchedBytes = 0

  private static let parallelTransfers = 4
  /// So many downloads may wait before the server has to.
  private static let maximumWaitingDownloads = 16
  /// An upload is tried so often, …
  private static let uploadAttempts = 3
  /// … and a download so often.
  private static let downloadAttempts = 4
  /// The pause before the second attempt; it doubles with each.
  private static let retryMilliseconds: Int64 = 200
  /// So long the server may take to say where to put a message.
  private static let askMilliseconds: Int64 = 30_000

  init(mode: LargeMessageMode, storage: any MessageStorage, for carrier: any LargeMessageCarrier) {
    messages = LargeMessages(mode: mode)
    self.storage = storage
    self.carrier = carrier
  }

  /// Bytes of messages that have not left.
  var pendingBytes: Int { messages.pendingBytes }

  /// When something moved on its way to or from the storage.
  var lastProgress: MonotonicTime { storage.lastProgress }

  /// Whether a message has not left yet, by the number of its frame.
  func isOnItsWay(_ id: Int) -> Bool { messages.isOnItsWay(id) }

  /// The connection is gone, and everything on its way with it.
  func connectionLost() {
    messages.connectionLost()
    uploads.cancelAll()
    downloads.cancelAll()
    letGo()
  }

  // MARK: Sending

  /// Whether a frame goes by way of the storage.
  func takes(_ frame: UnsafeRawBufferPointer) -> Bool { messages.takes(frame) }

  /// Sends a message, under the number of its frame.
  func send(_ id: Int, _ message: [UInt8]) {
    messages.ask(id, message)
    carrier?.send(.uploadRequest(id: JSONNumber(id)))
    let due = Reactor.shared.now.advanced(byMilliseconds: Self.askMilliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in
      guard let self, self.messages.giveUpAsking(for: id) else { return }
      let error = StorageError(
        .upload, url: nil, .unanswered(milliseconds: Self.askMilliseconds))
      self.carrier?.sendingFailed(frameID: id, because: .storage(error))
    }
  }

  /// A limit of rates may have dropped what was asked.
  func rateLimited() { messages.rateLimited() }

  /// `[3, id, url, method, headers]`
  func placeFound(for id: Int, _ place: StorageRequest) {
    guard let message = messages.placeFound(for: id) else { return }
    uploads.add { [weak self] in await self?.upload(id, message, to: place) }
  }

  private func upload(_ id: Int, _ message: [UInt8], to place: StorageRequest) async {
    do throws(StorageError) {
      try await attempt(Self.uploadAttempts) { () throws(StorageError) in
        try await storage.upload(message, to: place)
      }
      guard !Task.isCancelled, let carrier else { return }
      let newID = carrier.nextFrameID()
      messages.uploaded(id, as: newID)
      carrier.send(
        .downloadRequest(
          id: JSONNumber(newID), StorageRequest(url: place.urlWithoutQuery, method: "GET")))
    } catch {
      guard !Task.isCancelled else { return }
      messages.uploadEnded(id)
      carrier?.sendingFailed(frameID: id, because: .storage(error))
    }
    carrier?.hasMoreRoom()
  }

  // MARK: Errors

  /// `[5, id, info]`
  ///
  /// - Returns: The number of the frame that it is about for those above; nil where it is not theirs.
  func refused(_ id: Int, _ info: ErrorInfo) -> Int? {
    switch messages.refused(id, info.errorCode) {
    case .unknown: return id
    case .about(let original): return original
    case .late: return nil
    case .failed(let id):
      carrier?.sendingFailed(frameID: id, because: .refused(info))
      return nil
    case .sendInline(let all):
      for held in all { carrier?.sendInline(held.id, held.message) }
      return nil
    }
  }

  // MARK: Receiving

  /// `[4, id, url, method, headers]`
  func download(_ place: StorageRequest) {
    downloads.add { [weak self] in await self?.fetch(place) }
    guard !isHoldingUp, downloads.waitingCount >= Self.maximumWaitingDownloads else { return }
    isHoldingUp = true
    carrier?.holdUp(true)
  }

  private func fetch(_ place: StorageRequest) async {
    if downloads.waitingCount < Self.maximumWaitingDownloads { letGo() }
    do throws(StorageError) {
      var message: [UInt8] = []
      try await attempt(Self.downloadAttempts) { () throws(StorageError) in
        message = try await storage.download(place)
        fetchedBytes &+= message.count
        try check(message, from: place)
      }
      // Whoever has asked for a pause gets nothing now, and the next ones wait behind this one.
      await carrier?.untilReading()
      if !Task.isCancelled { carrier?.deliver(message) }
    } catch {
      guard !Task.isCancelled else { return }
      // Not a message less without a word: a new connection brings the whole state again.
      carrier?.dropConnection(because: .storage(error))
    }
  }

  private func check(_ message: [UInt8], from place: StorageRequest) throws(StorageError) {
    do throws(JSONError) {
      try JSON.validate(message)
    } catch {
      throw StorageError(
        .download, url: place.urlWithoutQuery, .unusableMessage(reason: "\(error)"))
    }
  }

  private func letGo() {
    guard isHoldingUp else { return }
    isHoldingUp = false
    carrier?.holdUp(false)
  }

  /// Does something until it succeeds, at most so often, with growing pauses.
  private func attempt(
    _ attempts: Int, _ body: @EventLoop () async throws(StorageError) -> Void
  ) async throws(StorageError) {
    var delay = Self.retryMilliseconds
    for _ in 1..<attempts {
      do throws(StorageError) { return try await body() } catch {
        guard error.mayBeRetried, !Task.isCancelled else { throw error }
      }
      await wait(milliseconds: Int64.random(in: delay / 2...delay))
      delay *= 2
    }
    try await body()
  }
}

/// Where large messages are put and fetched.
@EventLoop
protocol MessageStorage: AnyObject {
  /// When something moved in either direction.
  var lastProgress: MonotonicTime { get }
  func upload(_ message: [UInt8], to place: StorageRequest) async throws(StorageError)
  func download(_ place: StorageRequest) async throws(StorageError) -> [UInt8]
}

/// The connection on which large messages are announced.
@EventLoop
protocol LargeMessageCarrier: AnyObject {
  func nextFrameID() -> Int
  func send(_ envelope: Envelope<ClientMessage>)
  func sendInline(_ id: Int, _ message: [UInt8])
  func sendingFailed(frameID: Int, because error: ClientError)
  func hasMoreRoom()
  /// Takes a message as if it had come in a frame.
  func deliver(_ message: [UInt8])
  /// Returns when nobody wants a pause.
  func untilReading() async
  /// Lets the server wait, or no longer.
  func holdUp(_ isHeldUp: Bool)
  func dropConnection(because error: ClientError)
}
