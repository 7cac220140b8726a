@testable import WebSocket

/// However a stream is cut, a connection tells the same, and it never takes more memory than its
/// limits allow.
///
/// The input: role and permessage-deflate, the limits, the cuts, then the stream.
func fuzzFrames(_ input: UnsafeRawBufferPointer) {
  var choices = Choices(input)
  let setup = ConnectionSetup(&choices)
  let cuts = Cut.some(choices.byte())
  let whole = ConnectionStory(of: choices.rest, cut: .nowhere, setup)
  for cut in cuts {
    let other = ConnectionStory(of: choices.rest, cut: cut, setup)
    require(other == whole, "\(cut) gives\n\(other)\ninstead of\n\(whole)")
  }
}

/// What a connection is made with.
private struct ConnectionSetup {
  var role: Role
  var deflate: DeflateParameters?
  var configuration = WebSocketConfiguration()

  init(_ choices: inout Choices) {
    let byte = choices.byte()
    role = byte & 1 == 0 ? .server : .client
    if byte & 2 != 0 {
      deflate = DeflateParameters(
        serverNoContextTakeover: byte & 4 != 0, clientNoContextTakeover: byte & 4 != 0)
    }
    configuration.maximumMessageSize = choices.one(of: [1 << 20, 1_000, 125, 70_000, 0, 1, .max])
    configuration.maximumFrameSize = choices.one(of: [.max, 126, 1])
  }

  /// What may be allocated for what was received: twice what is there, and room for one piece more.
  var memoryLimit: Int {
    let limit = min(configuration.maximumMessageSize, 64 << 20)
    return 4 * (limit + 4_096) + 4 * largestStream
  }

  private let largestStream = 1 << 20
}

/// All that a connection told about a stream.
private struct ConnectionStory: Equatable, CustomStringConvertible {
  var events: [WebSocketEvent] = []
  var payloads: [[UInt8]] = []
  /// What is to be sent; of a client, whose mask keys are random, only its length.
  var output: [UInt8] = []
  var outputSize = 0
  var mayCloseTransport = false

  init(of stream: some Collection<UInt8>, cut: Cut, _ setup: ConnectionSetup) {
    var connection = WebSocketConnection(
      role: setup.role, configuration: setup.configuration, deflate: setup.deflate,
      now: MonotonicTime(nanoseconds: 0))
    for piece in cut.pieces(of: stream) {
      piece.withUnsafeBytes { connection.receive($0) }
      takeEvents(&connection, setup)
    }
    connection.receiveEnd()
    takeEvents(&connection, setup)
    require(connection.state == .closed, "an ended stream closes the connection")
    mayCloseTransport = connection.mayCloseTransport
    outputSize = connection.pendingOutput
    if setup.role == .server {
      connection.withOutput {
        output = Array($0)
        return $0.count
      }
    }
  }

  private mutating func takeEvents(
    _ connection: inout WebSocketConnection, _ setup: ConnectionSetup
  ) {
    while let event = connection.nextEvent() {
      require(!isOver, "nothing behind the last event")
      events.append(event)
      payloads.append(connection.withPayload { Array($0) })
      if case .message = event {
        let size = payloads.last?.count ?? 0
        require(size <= setup.configuration.maximumMessageSize, "\(size) bytes are above the limit")
      }
    }
    let memory = connection.input.capacity + connection.message.content.capacity
    require(memory <= setup.memoryLimit, "\(memory) bytes for what was received")
  }

  private var isOver: Bool {
    switch events.last {
    case .closed, .failed: true
    default: false
    }
  }

  var description: String {
    let lines = zip(events, payloads).map { "\($0) \($1)" } + ["to send: \(outputSize), \(output)"]
    return lines.joined(separator: "\n")
  }
}
