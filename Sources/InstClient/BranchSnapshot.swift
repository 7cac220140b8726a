public import InstProtocol
public import JSONText
import Transport

/// The stored updates of a branch, as the server listed them.
public struct BranchSnapshot: Sendable {
  /// The branch.
  public let address: BranchAddress
  /// The message as it came.
  public let message: RawJSON

  init(_ frame: ReceivedFrame, address: BranchAddress) {
    self.address = address.answered
    message = frame.content.map { RawJSON(scanned: $0) } ?? .null
  }

  /// The updates, base64, in the order in which they were stored.
  public var updates: [String] {
    (message.value["updates"]?.arrayValue ?? []).compactMap(\.stringValue)
  }

  /// When each was stored, in milliseconds since the Unix epoch.
  public var timestamps: [Double] {
    (message.value["timestamps"]?.arrayValue ?? []).compactMap(\.doubleValue)
  }
}

/// A read that is under way.
@EventLoop
final class PendingRead {
  let address: BranchAddress
  let matcher: AddressMatcher
  let promise = Promise<Result<BranchSnapshot, ClientError>>()
  /// The envelope's id of the request; nil while it is to be sent.
  var frameID: Int?
  /// How often it was sent, and when last.
  var sending = SentRequest()

  init(_ address: BranchAddress) {
    self.address = address
    matcher = AddressMatcher(address.answered)
  }
}
