/// Which names and forms are used on the wire (PROTOCOL section 2).
public enum Dialect: String, Hashable, Sendable, CaseIterable {
  /// What servers in use speak.
  case deployed
  /// What the system's document describes.
  case documented
}

/// Which dialect a client speaks: one that its user has chosen, or what it finds out.
public enum DialectChoice: String, Hashable, Sendable, CaseIterable {
  /// The deployed one, until the server turns out not to know it.
  case auto
  /// The deployed one, whatever the server says.
  case deployed
  /// The documented one, whatever the server says.
  case documented
}

/// A message has no form in the dialect in which it was to be written.
public struct DialectError: Error, Hashable, Sendable {
  /// What there is no form for, such as a message type or a field.
  public var subject: String
  /// The dialect.
  public var dialect: Dialect

  /// An error about one message type or field.
  public init(_ subject: String, in dialect: Dialect) {
    self.subject = subject
    self.dialect = dialect
  }
}

extension DialectError: CustomStringConvertible {
  /// One sentence part for people.
  public var description: String { "the \(dialect.rawValue) dialect cannot express \(subject)" }
}
