/// Names one character or element: the client that made it, and its place in all that this client
/// made.
public struct ID: Hashable, Sendable {
  /// The client, below 2⁵³.
  public var client: Int
  /// How many characters and elements the client had made before, below 2⁵³.
  public var clock: Int

  /// An ID.
  public init(client: Int, clock: Int) {
    self.client = client
    self.clock = clock
  }
}

extension ID: CustomStringConvertible {
  /// `client:clock`
  public var description: String { "\(client):\(clock)" }
}
