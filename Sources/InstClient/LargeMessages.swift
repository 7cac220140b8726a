import InstProtocol
import JSONText

/// Which large messages are where on their way (PROTOCOL section 5, Large messages).
///
/// A value: it sends nothing, and knows of no time. What it is told comes from frames of the server or from
/// uploads; what is to be done is its answer.
struct LargeMessages {
  /// What an error means that names a frame.
  enum Refusal: Equatable {
    /// Nothing here: it is for whoever has sent the frame.
    case unknown
    /// An answer that nobody waits for any more.
    case late
    /// There is no storage: these messages go in frames, under the same numbers.
    case sendInline([Held])
    /// The message cannot go, under this number.
    case failed(Int)
    /// It is about the message with this number, which went by way of the storage.
    case about(Int)
  }

  /// A message that waits, as JSON, and the number of its frame.
  struct Held: Equatable {
    let id: Int
    let message: [UInt8]
  }

  /// Frames up to so many UTF-16 code units are sent as they are.
  static let limit = 32_000
  /// So many numbers of messages that are done with are remembered.
  static let maximumRemembered = 1024

  let mode: LargeMessageMode
  /// The server has said that it has no storage. That holds for every connection to it.
  private(set) var isUnsupported = false
  /// Bytes of messages that have not left.
  private(set) var pendingBytes = 0

  /// Waiting for the server to say where to.
  private var asked: [Int: [UInt8]] = [:]
  /// Sizes of what is being uploaded.
  private var uploading: [Int: Int] = [:]
  /// Asked for in vain: the answer may still come.
  private var abandoned: Set<Int> = []
  /// The numbers under which the server learns where to fetch, and those of the messages.
  private var announced: [(newID: Int, id: Int)] = []

  init(mode: LargeMessageMode) { self.mode = mode }

  /// Whether a frame goes by way of the storage.
  func takes(_ frame: UnsafeRawBufferPointer) -> Bool {
    guard frame.count > Self.limit, mode != .inline, !isUnsupported else { return false }
    return utf16Length(of: frame) > Self.limit
  }

  /// Whether a message has not left yet, by the number of its frame.
  func isOnItsWay(_ id: Int) -> Bool { asked[id] != nil || uploading[id] != nil }

  /// A message waits for its place: `[2, id]` is sent.
  mutating func ask(_ id: Int, _ message: [UInt8]) {
    asked[id] = message
    pendingBytes += message.count
  }

  /// `[3, id, …]`: there is a place.
  ///
  /// - Returns: The message to upload; nil where nobody waits for it.
  mutating func placeFound(for id: Int) -> [UInt8]? {
    abandoned.remove(id)
    guard let message = asked.removeValue(forKey: id) else { return nil }
    uploading[id] = message.count
    return message
  }

  /// The upload is done, and the server learns where to fetch with the frame `newID`.
  mutating func uploaded(_ id: Int, as newID: Int) {
    uploadEnded(id)
    if announced.count >= Self.maximumRemembered { announced.removeFirst() }
    announced.append((newID, id))
  }

  /// The upload is over.
  mutating func uploadEnded(_ id: Int) {
    pendingBytes -= uploading.removeValue(forKey: id) ?? 0
  }

  /// The server has not said where to put a message for too long.
  ///
  /// - Returns: Whether the message still waits for that; it does so no longer.
  mutating func giveUpAsking(for id: Int) -> Bool {
    guard let message = asked.removeValue(forKey: id) else { return false }
    pendingBytes -= message.count
    abandon(id)
    return true
  }

  /// A limit of rates may have dropped what was asked. Its senders send all of it again.
  mutating func rateLimited() {
    for id in asked.keys.sorted() { _ = giveUpAsking(for: id) }
  }

  /// `[5, id, info]`
  mutating func refused(_ id: Int, _ code: ErrorCode) -> Refusal {
    if let about = announced.first(where: { $0.newID == id })?.id { return .about(about) }
    let isUnsupported = code == .notSupported
    if abandoned.remove(id) != nil {
      if isUnsupported { learn() }
      return isUnsupported ? .late : .unknown
    }
    guard let message = asked.removeValue(forKey: id) else { return .unknown }
    guard isUnsupported else {
      pendingBytes -= message.count
      return .about(id)
    }
    guard mode == .auto else {
      pendingBytes -= message.count
      return .failed(id)
    }
    learn()
    return .sendInline(takeAll(with: Held(id: id, message: message)))
  }

  private mutating func learn() { isUnsupported = mode == .auto }

  private mutating func takeAll(with first: Held) -> [Held] {
    let others = asked.map { Held(id: $0.key, message: $0.value) }
    asked = [:]
    // Each of them will be refused as well.
    for held in others { abandon(held.id) }
    let all = (others + [first]).sorted { $0.id < $1.id }
    pendingBytes -= all.reduce(0) { $0 + $1.message.count }
    return all
  }

  private mutating func abandon(_ id: Int) {
    if abandoned.count >= Self.maximumRemembered, let least = abandoned.min() {
      abandoned.remove(least)
    }
    abandoned.insert(id)
  }

  /// The connection is gone, and everything on its way with it.
  mutating func connectionLost() {
    asked = [:]
    uploading = [:]
    abandoned = []
    announced = []
    pendingBytes = 0
  }
}

/// The length of text as JavaScript counts it, which is what servers go by.
func utf16Length(of utf8: UnsafeRawBufferPointer) -> Int {
  // All but continuation bytes begin a character; those of four bytes take two units.
  utf8.reduce(0) { $0 &+ ($1 & 0xC0 != 0x80 ? 1 : 0) &+ ($1 >= 0xF0 ? 1 : 0) }
}

extension StorageRequest {
  /// The URL without what gives access to it.
  var urlWithoutQuery: String { String(url.prefix { $0 != "?" && $0 != "#" }) }
}
