import Testing

@testable import WebSocket

let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

func after(milliseconds: Int64) -> MonotonicTime {
  start.advanced(byMilliseconds: milliseconds)
}

/// An event with the payload it came with.
struct Seen: Equatable, CustomStringConvertible {
  var event: WebSocketEvent
  var payload: [UInt8]

  static func text(_ text: String) -> Seen {
    Seen(event: .message(.text), payload: Array(text.utf8))
  }

  static func binary(_ payload: [UInt8]) -> Seen {
    Seen(event: .message(.binary), payload: payload)
  }

  static func ping(_ payload: [UInt8]) -> Seen { Seen(event: .ping, payload: payload) }

  static func pong(_ payload: [UInt8]) -> Seen { Seen(event: .pong, payload: payload) }

  static func failed(_ error: WebSocketError) -> Seen {
    Seen(event: .failed(error), payload: [])
  }

  var description: String {
    payload.count > 40 ? "\(event) \(payload.count) bytes" : "\(event) \(payload)"
  }
}

/// A frame made by hand, not by the code under test.
func frame(
  _ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true, rsv: UInt8 = 0,
  key: [UInt8]? = nil, lengthSize: Int? = nil
) -> [UInt8] {
  let count = payload.count
  let size = lengthSize ?? (count <= 125 ? 1 : count <= 0xFFFF ? 2 : 8)
  var bytes = [(fin ? 0x80 : 0) | rsv << 4 | opcode]
  let maskBit: UInt8 = key == nil ? 0 : 0x80
  bytes.append(maskBit | (size == 1 ? UInt8(count) : size == 2 ? 126 : 127))
  if size > 1 {
    for shift in (0..<size).reversed() { bytes.append(UInt8(count >> (8 * shift) & 0xFF)) }
  }
  guard let key else { return bytes + payload }
  return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
}

func frame(_ opcode: UInt8, _ text: String, fin: Bool = true, key: [UInt8]? = nil) -> [UInt8] {
  frame(opcode, Array(text.utf8), fin: fin, key: key)
}

/// The payload of a close frame.
func closePayload(_ code: UInt16, _ reason: String = "") -> [UInt8] {
  [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
}

/// A frame taken apart by hand.
struct SentFrame: Equatable {
  var first: UInt8
  var isMasked: Bool
  var payload: [UInt8]

  var opcode: UInt8 { first & 0x0F }

  /// The close code of a close frame.
  var closeCode: UInt16? {
    opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
  }
}

/// Takes apart whole frames.
func sentFrames(_ bytes: [UInt8]) -> [SentFrame] {
  var frames: [SentFrame] = []
  var i = 0
  while i + 2 <= bytes.count {
    let first = bytes[i]
    let isMasked = bytes[i + 1] & 0x80 != 0
    var length = Int(bytes[i + 1] & 0x7F)
    i += 2
    let extended = length == 126 ? 2 : length == 127 ? 8 : 0
    if extended > 0 {
      length = bytes[i..<i + extended].reduce(0) { $0 << 8 | Int($1) }
      i += extended
    }
    var payload: [UInt8]
    if isMasked {
      let key = Array(bytes[i..<i + 4])
      i += 4
      payload = bytes[i..<i + length].enumerated().map { $1 ^ key[$0 % 4] }
    } else {
      payload = Array(bytes[i..<i + length])
    }
    i += length
    frames.append(SentFrame(first: first, isMasked: isMasked, payload: payload))
  }
  return frames
}

extension WebSocketConnection {
  init(
    _ role: Role, _ configuration: WebSocketConfiguration = WebSocketConfiguration(),
    deflate: DeflateParameters? = nil
  ) {
    self.init(role: role, configuration: configuration, deflate: deflate, now: start)
  }

  /// Everything that has happened.
  mutating func events() -> [Seen] {
    var seen: [Seen] = []
    while let event = nextEvent() {
      seen.append(Seen(event: event, payload: withPayload { [UInt8]($0) }))
    }
    return seen
  }

  /// Feeds bytes, in pieces of `step` where given, and returns what happened.
  mutating func feed(_ bytes: [UInt8], step: Int? = nil) -> [Seen] {
    var seen: [Seen] = []
    let step = max(step ?? bytes.count, 1)
    for i in stride(from: 0, to: bytes.count, by: step) {
      bytes[i..<min(i + step, bytes.count)].withUnsafeBytes { receive($0) }
      seen += events()
    }
    return seen
  }

  mutating func end() -> [Seen] {
    receiveEnd()
    return events()
  }

  mutating func send(_ text: String) throws {
    try Array(text.utf8).withUnsafeBytes { try send(.text, $0) }
  }

  mutating func send(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try send(.binary, $0) }
  }

  /// Everything that is to be written.
  mutating func sent() -> [UInt8] {
    var bytes: [UInt8] = []
    while pendingOutput > 0 {
      withOutput {
        bytes += $0
        return $0.count
      }
    }
    return bytes
  }
}

/// A generator that gives the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    // SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

func bytes(_ hex: String) -> [UInt8] {
  hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
}
