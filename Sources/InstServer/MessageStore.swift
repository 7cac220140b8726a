import InstProtocol

/// Messages too large for a frame, on their way to the server or from it, as a gateway's storage
/// keeps them: each is put once and fetched once (PROTOCOL section 5, Large messages).
struct MessageStore: Sendable {
  /// What is kept.
  private enum Entry: Sendable {
    /// Room for a message that a client may put.
    case upload(signature: String)
    /// A message that a client has put.
    case uploaded([UInt8])
    /// A message that a client may fetch.
    case download(signature: String, [UInt8])

    /// How much memory it takes. A download's bytes are shared with those for other clients, but
    /// each counts.
    var size: Int {
      switch self {
      case .upload: 0
      case .uploaded(let message), .download(_, let message): message.count
      }
    }
  }

  private static let lifetime: Int64 = 10 * 60_000
  private static let maximumCount = 100_000

  private let url: String
  private let maximumBytes: Int
  private var entries: [String: (entry: Entry, expires: Int64)] = [:]
  private var nextSweep: Int64 = 0
  private(set) var usedBytes = 0

  /// - Parameter url: Where the store is reached, without a slash at the end.
  init(url: String, maximumBytes: Int) {
    self.url = url
    self.maximumBytes = maximumBytes
  }

  /// Makes room for a message that a client will put. Nil when the store is full.
  mutating func reserve(
    now: Int64, using generator: inout some RandomNumberGenerator
  ) -> StorageRequest? {
    let signature = Self.randomName(using: &generator)
    return add(.upload(signature: signature), signature, "PUT", now: now, using: &generator)
  }

  /// Takes a message for a client to fetch. Nil when the store is full.
  mutating func offer(
    _ message: [UInt8], now: Int64, using generator: inout some RandomNumberGenerator
  ) -> StorageRequest? {
    let signature = Self.randomName(using: &generator)
    return add(
      .download(signature: signature, message), signature, "GET", now: now, using: &generator)
  }

  private mutating func add(
    _ entry: Entry, _ signature: String, _ method: String, now: Int64,
    using generator: inout some RandomNumberGenerator
  ) -> StorageRequest? {
    if now >= nextSweep || now < nextSweep - Self.lifetime { sweep(now: now) }
    guard entries.count < Self.maximumCount, entry.size <= maximumBytes - usedBytes else {
      return nil
    }
    let name = Self.randomName(using: &generator)
    entries[name] = (entry, now + Self.lifetime)
    usedBytes += entry.size
    return StorageRequest(url: "\(url)/\(name)?signature=\(signature)", method: method)
  }

  /// How a request to the store ends.
  enum Outcome: Equatable {
    case stored
    case fetched([UInt8])
    /// The signature is wrong, or a header field is missing.
    case forbidden
    case notFound
    case tooLarge
  }

  /// A client puts a message.
  mutating func put(_ name: String, signature: String?, _ message: [UInt8], now: Int64) -> Outcome {
    guard let (entry, expires) = entries[name], expires > now else { return .notFound }
    guard case .upload(let expected) = entry, signature == expected else { return .forbidden }
    guard message.count <= maximumBytes - usedBytes else { return .tooLarge }
    entries[name] = (.uploaded(message), expires)
    usedBytes += message.count
    return .stored
  }

  /// A client fetches a message; it is gone then.
  mutating func get(_ name: String, signature: String?, now: Int64) -> Outcome {
    guard let (entry, expires) = entries[name], expires > now else { return .notFound }
    guard case .download(let expected, let message) = entry, signature == expected else {
      return .forbidden
    }
    remove(name)
    return .fetched(message)
  }

  /// The message that a client has put at a URL, whose query does not count; it is gone then.
  mutating func take(_ url: String, now: Int64) -> [UInt8]? {
    let path = url.prefix { $0 != "?" }
    guard path.hasPrefix(self.url + "/") else { return nil }
    let name = String(path.dropFirst(self.url.count + 1))
    guard let (entry, expires) = entries[name], expires > now, case .uploaded(let message) = entry
    else { return nil }
    remove(name)
    return message
  }

  private mutating func remove(_ name: String) {
    usedBytes -= entries.removeValue(forKey: name)?.entry.size ?? 0
  }

  private mutating func sweep(now: Int64) {
    for (name, value) in entries where value.expires <= now { remove(name) }
    nextSweep = now + 60_000
  }

  /// 128 random bits in hexadecimal digits.
  private static func randomName(using generator: inout some RandomNumberGenerator) -> String {
    (0..<2).map { _ in
      let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
