import InstProtocol
import JSONText

extension InstServerCore {
  /// Answers a text that is no envelope. Text that is not JSON, and a string, number or truth value,
  /// are ignored without a word.
  func refuseEnvelope(
    _ frame: UnsafeRawBufferPointer, because error: MessageScanError, from client: ClientID,
    effects: inout [Effect]
  ) {
    switch error {
    case .notJSON, .notAnEnvelope(.string), .notAnEnvelope(.number), .notAnEnvelope(.boolean):
      break
    case .notAnEnvelope: refuse(frame, from: client, effects: &effects)
    }
  }

  /// Answers a text that is no frame with all that is wrong with it.
  func refuse(
    _ frame: UnsafeRawBufferPointer, from client: ClientID, effects: inout [Effect]
  ) {
    do throws(EnvelopeError) {
      _ = try Envelope<ClientMessage>(parsing: frame, only: configuration.dialect)
    } catch {
      switch error {
      case .notJSON: break
      case .invalidEnvelope(let issues): refuse(issues, id: nil, from: client, effects: &effects)
      case .invalidContent(let id, let issues):
        refuse(issues, id: id, from: client, effects: &effects)
      }
    }
  }

  /// Answers a message that does not fit its schema.
  func refuse(
    _ error: MessageError, id: JSONNumber, from client: ClientID, effects: inout [Effect]
  ) {
    guard case .invalidFields(let issues) = error else { return }
    refuse(issues, id: id, from: client, effects: &effects)
  }

  private func refuse(
    _ issues: [FieldIssue], id: JSONNumber?, from client: ClientID, effects: inout [Effect]
  ) {
    let info = ErrorInfo(
      errorCode: .unacceptableRequest,
      errorMessage: "The request does not fit its schema: see the issues.",
      issues: RawJSON(.array(issues.map(\.json))))
    send(error: info, id: id, to: client, effects: &effects)
  }
}

extension FieldIssue {
  /// The issue as servers tell it.
  fileprivate var json: JSONValue {
    let path = path.map { step in
      switch step {
      case .name(let name): JSONValue.string(name)
      case .index(let index): JSONValue(index)
      }
    }
    var issue: [JSONMember] = [
      JSONMember(name: "code", value: .string(code)),
      JSONMember(name: "path", value: .array(path)),
      JSONMember(name: "message", value: .string(problem.description)),
    ]
    if case .wrongType(let expected, _) = problem {
      issue.append(JSONMember(name: "expected", value: .string(expected)))
    }
    return .object(issue)
  }

  private var code: String {
    switch problem {
    case .wrongType, .numberOutOfRange: "invalid_type"
    case .emptyString: "too_small"
    case .unknownValue: "invalid_value"
    }
  }
}
