import InstProtocol
import JSONText

/// A message that the user has put together, and how its answer is known.
struct CalledMessage: Sendable {
  let message: ClientMessage
  /// The inst that it names, for which a token is made.
  let inst: InstAddress?
  /// What answers it; nil where nothing is known to.
  let answer: ExpectedAnswer?

  /// - Parameters:
  ///   - json: the argument with the fields; nil for none.
  init(type: String, json: String?) throws(Failure) {
    if let json { try Secrets.refuseOnCommandLine(json) }
    let given = try json.map { json throws(Failure) in try JSONInput.value(of: json) } ?? nil
    let fields = given ?? RawJSON(.object([]))
    guard fields.kind == .object else {
      throw .badInput("the message's fields are no JSON object", hint: #"such as '{"id":1}'"#)
    }
    let value = fields.value
    if let other = value["type"], other.stringValue != type {
      throw .usage("the JSON has a type of its own, and it is not \(type)")
    }
    var writer = JSONWriter(capacity: fields.bytes.count + 256)
    writer.beginObject()
    writer.key("type")
    writer.string(type)
    fields.bytes.withUnsafeBytes { writer.members(of: $0, but: ["type"]) }
    writer.endObject()
    message = .unknown(type: type, writer.withUnsafeBytes { RawJSON(scanned: $0) })
    inst = value["inst"]?.stringValue.map {
      InstAddress(recordName: value["recordName"]?.stringValue, inst: $0)
    }
    answer = ExpectedAnswer(to: type, value)
  }
}

/// Which frame answers a message (PROTOCOL section 4), in both dialects.
struct ExpectedAnswer: Sendable {
  private let types: [String]
  /// The fields by which request and answer belong together, and their values.
  private var keys: [(name: String, value: JSONValue)] = []

  /// Nil where no answer is known.
  init?(to type: String, _ fields: JSONValue) {
    switch type {
    case "login": types = ["login_result"]
    case "repo/watch_branch": types = ["repo/watch_branch_result"]
    case "repo/get_updates": types = ["repo/add_updates"]
    case "repo/add_updates" where fields["updateId"] != nil: types = ["repo/updates_received"]
    case "repo/connection_count": types = ["repo/connection_count"]
    case "sync/time": types = ["sync/time/response"]
    case "repo/time_sync": types = ["repo/time_sync_response"]
    case "http_request": types = ["http_response", "http_partial_response"]
    case "http/request": types = ["http/response", "http/response/part"]
    case "permission/request/missing": types = ["permission/request/missing/response"]
    default: return nil
    }
    for name in ["updateId", "id", "recordName", "inst", "branch"] {
      guard var value = fields[name] else { continue }
      // A record key is answered under its record's name (PROTOCOL section 5).
      if name == "recordName", let key = value.stringValue.flatMap({ try? RecordKey(parsing: $0) })
      {
        value = .string(key.recordName)
      }
      keys.append((name, value))
    }
  }

  /// Whether a message of the server is the answer, or a part of it.
  func isAbout(_ message: JSONValue) -> Bool {
    guard let type = message["type"]?.stringValue, types.contains(type) else { return false }
    return keys.allSatisfy { key in message[key.name].map { $0 == key.value } ?? true }
  }

  /// Whether a message of the server is the answer, or the last part of it.
  func isMet(by message: JSONValue) -> Bool {
    guard isAbout(message), let type = message["type"]?.stringValue else { return false }
    guard type.utf8.contains("part".utf8) else { return true }
    // The documented dialect has it within the response.
    let final = message["final"] ?? message["response"]?["final"]
    return final?.boolValue ?? false
  }
}
