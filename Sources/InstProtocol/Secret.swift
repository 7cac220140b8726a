/// A text that must not show up in a trace, a message or a dump: only ``text`` gives it away.
public struct Secret: Hashable, Sendable {
  /// The text itself.
  public let text: String

  /// Takes a text into custody.
  public init(_ text: String) {
    self.text = text
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always the same, whatever the secret is.
  public var description: String { "[secret]" }
  /// Always the same, whatever the secret is.
  public var debugDescription: String { description }
  /// Shows nothing of the secret.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
