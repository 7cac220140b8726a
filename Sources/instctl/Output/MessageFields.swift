import InstProtocol
import JSONText

extension JSONWriter {
  /// Writes the members of a message but its type, named as in the protocol. What has no form in one
  /// dialect has one in the other.
  mutating func fields(of message: ServerMessage) {
    var text = JSONWriter(capacity: 512)
    do throws(DialectError) {
      try message.write(to: &text, dialect: .deployed)
    } catch {
      text.removeAll()
      guard (try? message.write(to: &text, dialect: .documented)) != nil else { return }
    }
    guard let value = text.withUnsafeBytes({ try? JSONValue(parsing: $0) }) else { return }
    for member in value.objectValue ?? [] where member.name != "type" {
      key(string: member.name)
      self.value(member.value)
    }
  }
}
