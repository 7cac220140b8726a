/// A user and password for a proxy. No description shows them.
public struct ProxyCredentials: Hashable, Sendable {
  /// The user, which may be empty.
  public let user: String
  /// The password, which may be empty.
  public let password: String

  /// Takes user and password into custody.
  public init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  /// Reads `user:password`, as a file has it: the first colon divides, and nothing is encoded.
  public init(text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    user = parts.first.map(String.init) ?? ""
    password = parts.count == 2 ? String(parts[1]) : ""
  }
}

extension ProxyCredentials: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// Always the same, whoever it is.
  public var description: String { "[secret]" }
  /// Always the same, whoever it is.
  public var debugDescription: String { description }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
