import InstServer
import JSONText

/// What clients do over HTTP between the recorded frames (PROTOCOL section 5, Large messages), with
/// our URLs in place of the recorded ones.
struct StorageOfRecordings {
  /// Our URLs by the recorded ones, all without their queries.
  private var urls: [String: String] = [:]

  /// The message that was put in case N2: as long as it was, of which only the length is known.
  static let message: [UInt8] = {
    let head = #"{"type":"repo/add_updates","recordName":null,"inst":"n2","branch":"default","#
    let tail = #""updates":[""# + String(repeating: "A", count: 40_000) + #""],"updateId":1}"#
    return Array((head + tail).utf8)
  }()

  /// Puts or fetches what a frame of the server asks for.
  ///
  /// - Returns: What went wrong.
  mutating func follow(
    _ recorded: JSONValue, _ ours: JSONValue, in core: inout InstServerCore, now: Int64
  ) -> String? {
    guard let old = recorded[2]?.stringValue, let new = ours[2]?.stringValue,
      let method = ours[3]?.stringValue
    else { return nil }
    urls[path(old)] = path(new)
    let parts = new.split(separator: "?signature=")
    guard parts.count == 2, let name = parts[0].split(separator: "/").last else {
      return "a URL without a signature"
    }
    let request = OperationRequest(
      method: method, path: "", query: ["signature": String(parts[1])],
      headers: ["x-amz-acl": "bucket-owner-full-control"])
    let answer = core.accessStorage(
      request, name: String(name), body: method == "PUT" ? Self.message : [], now: now)
    guard answer.status == 200 else { return "the storage answers \(answer.status)" }
    guard method == "GET" else { return nil }
    let message = try? JSONValue(parsing: answer.body)
    return message?["type"] == "repo/add_updates" && message?["updates"]?.arrayValue?.count == 1
      ? nil : "the storage has something else"
  }

  /// A frame of the client, with our URL.
  func translated(_ frame: [UInt8]) -> [UInt8] {
    guard let value = try? JSONValue(parsing: frame), let old = value[2]?.stringValue,
      let new = urls[path(old)]
    else { return frame }
    let parts = String(decoding: frame, as: UTF8.self).split(separator: old)
    return Array(parts.joined(separator: new).utf8)
  }

  /// A frame whose URL, if it has one, is not compared.
  func withoutURL(_ frame: JSONValue) -> JSONValue {
    guard case .array(var elements) = frame, elements.count == 5, elements[2].kind == .string else {
      return frame
    }
    elements[2] = "url"
    return .array(elements)
  }

  private func path(_ url: String) -> String { String(url.prefix { $0 != "?" }) }
}
