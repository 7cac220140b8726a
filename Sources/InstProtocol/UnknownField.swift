public import JSONText

/// A field that this library does not know, kept so that nothing is lost: servers add some.
public struct UnknownField: Hashable, Sendable {
  /// The name, escapes resolved.
  public var name: String
  /// The value, as it came.
  public var value: RawJSON

  /// A field.
  public init(name: String, value: RawJSON) {
    self.name = name
    self.value = value
  }
}

extension [UnknownField] {
  /// The value of the field with this name.
  public subscript(name: String) -> RawJSON? {
    last { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }
}
