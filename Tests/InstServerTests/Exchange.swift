import Foundation
import JSONText

/// One recorded exchange of `Fixtures/exchanges.jsonl`.
struct Exchange {
  struct Step {
    enum Event {
      /// A text frame: the JSON that it is, and its text.
      case frame(JSONValue?, text: [UInt8])
      case closed(code: Int?)
      case reset
      /// What the WebSocket does alone.
      case other
    }

    var peer: String
    var isSent: Bool
    var event: Event
  }

  var name: String
  var steps: [Step]

  /// The peers in the order of their appearance.
  var peers: [String] {
    steps.reduce(into: []) { peers, step in
      if !peers.contains(step.peer) { peers.append(step.peer) }
    }
  }

  /// All exchanges by their name.
  static let all: [String: Exchange] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/exchanges.jsonl")
    guard let lines = try? Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) else {
      return [:]
    }
    let exchanges = lines.compactMap { line in
      (try? JSONValue(parsing: Array(line))).map(Exchange.init)
    }
    return Dictionary(uniqueKeysWithValues: exchanges.map { ($0.name, $0) })
  }()

  init(_ value: JSONValue) {
    name = value["case"]?.stringValue ?? ""
    steps = (value["steps"]?.arrayValue ?? []).map(Step.init)
  }
}

extension Exchange.Step {
  init(_ value: JSONValue) {
    peer = value["peer"]?.stringValue ?? ""
    isSent = value["dir"]?.stringValue == "send"
    if let frame = value["frame"] {
      event = .frame(frame, text: RawJSON(frame).bytes)
    } else if let raw = value["raw"]?.stringValue {
      event = .frame(nil, text: Array(raw.utf8))
    } else if let closed = value["closed"] {
      event = .closed(code: closed["code"]?.intValue)
    } else {
      event = value["reset"] == nil ? .other : .reset
    }
  }
}
