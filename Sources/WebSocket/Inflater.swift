internal import CZlib

/// Inflates compressed messages (RFC 7692, section 7.2.2), one stream for the connection's life.
///
/// zlib's state is made at the first compressed message, and kept.
struct Inflater: ~Copyable {
  /// What zlib's raw format cannot do with 8 bits it does with 9: a larger window reads the same.
  private let windowBits: Int32
  private let keepsContext: Bool
  private var stream: UnsafeMutablePointer<z_stream>?
  /// Whether the stream stands between two DEFLATE streams: behind a block with BFINAL.
  private var isBetweenStreams = true

  init(windowBits: Int, keepsContext: Bool) {
    self.windowBits = Int32(clamping: min(max(windowBits, 9), 15))
    self.keepsContext = keepsContext
  }

  deinit {
    if let stream {
      inflateEnd(stream)
      stream.deallocate()
    }
  }

  /// Inflates a part of a message, cut anywhere, behind what `output` already has of the message.
  ///
  /// Stops with an error as soon as `output` would have more than `limit` bytes.
  mutating func inflate(
    _ input: UnsafeRawBufferPointer, into output: inout ByteBuffer, limit: Int
  ) throws(WebSocketError) {
    guard let start = input.baseAddress, input.count > 0 else { return }
    let stream = try open()
    var offset = 0
    while offset < input.count {
      let given = min(input.count - offset, 1 << 30)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: (start + offset).assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(given)
      try drain(stream, into: &output, limit: limit)
      offset += given
    }
  }

  /// Inflates the tail that the sender left out, and checks that the message ends with a block.
  ///
  /// Behind a block with BFINAL, or where the message had no bytes at all, no tail was left out:
  /// some senders do that, and nothing is lost by taking it.
  mutating func finishMessage(into output: inout ByteBuffer, limit: Int) throws(WebSocketError) {
    guard let stream else { return }
    if !isBetweenStreams {
      var tail: (UInt8, UInt8, UInt8, UInt8) = (0x00, 0x00, 0xFF, 0xFF)
      // A typed throw cannot leave the closure of the pointer, so the result does.
      let failure = withUnsafeMutableBytes(of: &tail) { bytes -> WebSocketError? in
        stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(bytes.count)
        do throws(WebSocketError) {
          try drain(stream, into: &output, limit: limit)
          return nil
        } catch {
          return error
        }
      }
      if let failure { throw failure }
      // 128: just behind a block; the low bits: how many bits of the last byte are left.
      let isAtBlockEnd = stream.pointee.data_type & 128 != 0 && stream.pointee.data_type & 63 == 0
      guard isBetweenStreams || isAtBlockEnd else {
        throw .invalidCompressedData(zlib: Z_BUF_ERROR)
      }
    }
    if !keepsContext {
      inflateReset(stream)
      isBetweenStreams = true
    }
  }

  /// Runs zlib until it has taken all of its input and given all of its output.
  private mutating func drain(
    _ stream: UnsafeMutablePointer<z_stream>, into output: inout ByteBuffer, limit: Int
  ) throws(WebSocketError) {
    while true {
      // One byte more than allowed, so that a message of exactly the limit passes.
      let allowed = limit - output.count + 1
      output.reserve(min(allowed, 4096))
      let room = min(output.room.count, allowed, 1 << 30)
      stream.pointee.next_out = output.room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let availableBefore = stream.pointee.avail_in
      let result = CZlib.inflate(stream, Z_SYNC_FLUSH)
      if stream.pointee.avail_in != availableBefore { isBetweenStreams = false }
      output.commit(room - Int(stream.pointee.avail_out))
      guard output.count <= limit else { throw .messageTooLarge(limit: limit) }
      switch result {
      case Z_STREAM_END:
        // A block with BFINAL: what follows is another stream (section 7.2.3.4). The window stays,
        // for peers that go on referring to it.
        inflateResetKeep(stream)
        isBetweenStreams = true
        if stream.pointee.avail_in == 0 { return }
      case Z_OK, Z_BUF_ERROR:
        if stream.pointee.avail_out != 0 {
          guard stream.pointee.avail_in == 0 else {
            throw .invalidCompressedData(zlib: Z_DATA_ERROR)
          }
          return
        }
      default:
        throw .invalidCompressedData(zlib: result)
      }
    }
  }

  private mutating func open() throws(WebSocketError) -> UnsafeMutablePointer<z_stream> {
    if let stream { return stream }
    let fresh = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    fresh.initialize(to: z_stream())
    let result = inflateInit2_(
      fresh, -windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else {
      fresh.deallocate()
      throw .invalidCompressedData(zlib: result)
    }
    stream = fresh
    return fresh
  }
}
