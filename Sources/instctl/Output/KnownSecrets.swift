import Synchronization

/// Secrets that this run has read, whatever they look like: a server may repeat them, and they must not be
/// shown then.
enum KnownSecrets {
  private static let known = Mutex<[String]>([])

  /// What is shorter could be part of any text.
  private static let shortest = 6

  static func add(_ secret: String) {
    guard secret.utf8.count >= shortest else { return }
    known.withLock { if !$0.contains(secret) { $0.append(secret) } }
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
