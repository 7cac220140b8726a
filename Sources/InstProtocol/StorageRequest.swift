/// Where a message too large for a frame is to be put, or fetched from (PROTOCOL section 5, "Large
/// messages").
public struct StorageRequest: Hashable, Sendable {
  /// One header field to send along.
  public struct Header: Hashable, Sendable {
    /// The field's name.
    public var name: String
    /// The field's value.
    public var value: String

    /// A header field.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The URL. Its query is a credential: whoever has it may read or write.
  public var url: String
  /// The HTTP method.
  public var method: String
  /// The header fields that the request must have.
  public var headers: [Header]

  /// A request to a storage.
  public init(url: String, method: String, headers: [Header] = []) {
    self.url = url
    self.method = method
    self.headers = headers
  }
}
