@testable import WebSocket

/// Whatever is inflated, no more comes out than the limit allows, and the same however it is cut; and
/// what was deflated comes back.
///
/// The input: window, context and limit, levels, the cuts, then the bytes.
func fuzzInflate(_ input: UnsafeRawBufferPointer) {
  var choices = Choices(input)
  let byte = choices.byte()
  let stream = StreamSetup(
    windowBits: byte & 16 == 0 ? 15 : 8 + Int(byte & 7), keepsContext: byte & 8 == 0)
  let limit = choices.one(of: [1 << 20, 1_000, 4_096, 0, 1, 100_000])
  let levels = choices.byte()
  let cuts = choices.byte()

  let whole = Inflated(choices.rest, cut: .nowhere, stream, limit: limit)
  for cut in Cut.some(cuts) {
    let other = Inflated(choices.rest, cut: cut, stream, limit: limit)
    // A reference beyond a smaller window, which no peer may make, zlib finds only where it leads
    // to what an earlier call gave.
    if stream.windowBits == 15 {
      require(other == whole, "\(cut) gives\n\(other)\ninstead of\n\(whole)")
    }
  }

  var deflater = Deflater(
    windowBits: stream.windowBits, keepsContext: stream.keepsContext, level: Int(levels & 0x0F),
    memoryLevel: Int(levels >> 4))
  var inflater = stream.inflater
  for message in Cut.pattern(cuts, 255).pieces(of: choices.rest) {
    comesBack(message, &deflater, &inflater)
  }
}

private struct StreamSetup {
  var windowBits: Int
  var keepsContext: Bool

  var inflater: Inflater { Inflater(windowBits: windowBits, keepsContext: keepsContext) }
}

/// What came of two messages of the same bytes: the second one can refer to the first.
private struct Inflated: Equatable {
  var content: [[UInt8]] = []
  var error: WebSocketError?

  init(_ bytes: some Collection<UInt8>, cut: Cut, _ stream: StreamSetup, limit: Int) {
    var inflater = stream.inflater
    let pieces = cut.pieces(of: bytes)
    for _ in 0..<2 where error == nil {
      var output = ByteBuffer()
      error = Self.inflate(pieces, &inflater, into: &output, limit: limit).failure
      // One byte more tells that the limit was passed; the message is refused then.
      require(output.count <= limit + (error == nil ? 0 : 1), "\(output.count) bytes came out")
      require(output.capacity <= 2 * (limit + 4_096), "\(output.capacity) bytes were allocated")
      content.append(Array(output.bytes))
    }
  }

  private static func inflate(
    _ pieces: [[UInt8]], _ inflater: inout Inflater, into output: inout ByteBuffer, limit: Int
  ) -> Result<Void, WebSocketError> {
    do throws(WebSocketError) {
      for piece in pieces {
        try piece.span.withUnsafeBytes { (bytes) throws(WebSocketError) in
          try inflater.inflate(bytes, into: &output, limit: limit)
        }
      }
      try inflater.finishMessage(into: &output, limit: limit)
      return .success(())
    } catch {
      return .failure(error)
    }
  }
}

private func comesBack(
  _ message: [UInt8], _ deflater: inout Deflater, _ inflater: inout Inflater
) {
  var deflated = ByteBuffer()
  let isSmaller = mustSucceed("deflating") { () throws(WebSocketError) in
    try message.span.withUnsafeBytes { (bytes) throws(WebSocketError) in
      try deflater.deflate(bytes, into: &deflated)
    }
  }
  guard isSmaller else { return }
  require(deflated.count < message.count, "smaller is smaller")
  var output = ByteBuffer()
  mustSucceed("inflating what was deflated") { () throws(WebSocketError) in
    let bytes = UnsafeRawBufferPointer(deflated.bytes)
    try inflater.inflate(bytes, into: &output, limit: message.count)
    try inflater.finishMessage(into: &output, limit: message.count)
  }
  require(output.bytes.elementsEqual(message), "what was deflated comes back")
}
