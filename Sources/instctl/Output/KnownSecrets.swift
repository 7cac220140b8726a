import Synchronization

/// Secrets that this run has read, whatever they look like: a server may repeat them, and they must not be
/// shown then.
enum KnownSecrets {
  private static let known = Mutex<[String]>([])

  /// What is shorter could be part of any text.
  private static let shortest = 6

  static func add(_ secret: String) {
    guard secret.utf8.count >= shortest else { return }
    known.withLock { secrets in
      guard !secrets.contains(secret) else { return }
      // Longer ones first: of one that has another in it, all is to go.
      let place = secrets.firstIndex { $0.utf8.count < secret.utf8.count }
      secrets.insert(secret, at: place ?? secrets.endIndex)
    }
  }

  /// Whether JSON has to be looked at closely: an escaped text could hide one of them.
  static func mayBe(in json: UnsafeRawBufferPointer) -> Bool {
    known.withLock { secrets in
      !secrets.isEmpty
        && (["\\"] + secrets).contains { SecretMask.contains($0, in: json) }
    }
  }

  /// The text without them.
  static func masked(_ text: String) -> String {
    known.withLock { secrets in
      secrets.reduce(text) { text, secret in
        text.utf8.firstRange(of: secret.utf8) == nil
          ? text : text.replacing(secret, with: SecretMask.replacement)
      }
    }
  }
}
