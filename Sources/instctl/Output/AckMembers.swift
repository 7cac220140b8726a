import InstClient
import JSONText

extension JSONWriter {
  /// `updateId`, `ackMs` and `tries`.
  mutating func members(of acknowledgement: Acknowledgement) {
    key("updateId")
    number(acknowledgement.updateID)
    key("ackMs")
    number((acknowledgement.milliseconds * 1000).rounded() / 1000)
    key("tries")
    number(acknowledgement.tries)
  }
}
