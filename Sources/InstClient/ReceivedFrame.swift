public import InstProtocol
import JSONText

/// A frame of the server, in a buffer that is valid only during the call that shows it.
public struct ReceivedFrame {
  /// The text.
  public let bytes: UnsafeRawBufferPointer
  /// What the scan found in it.
  public let scan: MessageScan

  /// A frame and its scan.
  public init(bytes: UnsafeRawBufferPointer, scan: MessageScan) {
    self.bytes = bytes
    self.scan = scan
  }

  /// The text of the message or error in the frame.
  public var content: UnsafeRawBufferPointer? { scan.content?.bytes(in: bytes) }

  /// The message's type, for people.
  public var typeText: String {
    scan.typeName?.decoded(in: bytes) ?? "form \(scan.form.rawValue)"
  }

  /// The message with all its fields.
  ///
  /// - Returns: Nil where the fields are not as the type demands, or the frame holds no message.
  public func serverMessage() -> ServerMessage? {
    guard scan.form == .message, let content else { return nil }
    return try? ServerMessage(parsing: content)
  }

  /// The text of one field of the message, the last one of that name.
  public func field(_ name: StaticString) -> UnsafeRawBufferPointer? {
    guard let content else { return nil }
    var found: UnsafeRawBufferPointer?
    var cursor = JSONCursor(content)
    do throws(JSONError) {
      try cursor.beginObject()
      while let key = try cursor.nextKey() {
        let value = try cursor.skipValue()
        if key.equals(name, in: content) { found = value.bytes(in: content) }
      }
    } catch { return nil }
    return found
  }
}

extension MessageScan {
  /// Whether `initial` says that this is the whole state.
  func isInitial(in bytes: UnsafeRawBufferPointer) -> Bool {
    guard let initial, initial.kind == .boolean else { return false }
    return bytes[initial.start] == UInt8(ascii: "t")
  }
}
