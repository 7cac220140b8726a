internal import CZlib

/// Compresses messages (RFC 7692, section 7.2.1).
///
/// zlib's state is made at the first message that is compressed.
struct Deflater: ~Copyable {
  private let windowBits: Int32
  private let level: Int32
  private let memoryLevel: Int32
  private let keepsContext: Bool
  private var stream: UnsafeMutablePointer<z_stream>?

  init(windowBits: Int, keepsContext: Bool, level: Int, memoryLevel: Int) {
    self.windowBits = Int32(clamping: min(max(windowBits, 9), 15))
    self.keepsContext = keepsContext
    self.level = Int32(clamping: min(max(level, 0), 9))
    self.memoryLevel = Int32(clamping: min(max(memoryLevel, 1), 9))
  }

  deinit {
    if let stream {
      deflateEnd(stream)
      stream.deallocate()
    }
  }

  /// Compresses a whole message into `output`, without the tail `00 00 ff ff`.
  ///
  /// Returns false, with nothing of use in `output`, where the message would not become smaller.
  /// The peer never sees what was compressed then, so the context starts anew.
  mutating func deflate(
    _ message: UnsafeRawBufferPointer, into output: inout ByteBuffer
  ) throws(WebSocketError) -> Bool {
    output.removeAll()
    guard let start = message.baseAddress, message.count > 0 else { return false }
    let stream = try open()
    var offset = 0
    while offset < message.count {
      let given = min(message.count - offset, 1 << 30)
      let isLast = offset + given == message.count
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: (start + offset).assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(given)
      try drain(stream, flush: isLast ? Z_SYNC_FLUSH : Z_NO_FLUSH, into: &output)
      offset += given
    }
    output.removeLast(4)
    let isSmaller = output.count < message.count
    if !keepsContext || !isSmaller { deflateReset(stream) }
    return isSmaller
  }

  private func drain(
    _ stream: UnsafeMutablePointer<z_stream>, flush: Int32, into output: inout ByteBuffer
  ) throws(WebSocketError) {
    repeat {
      // More than the six bytes of a flush, or zlib would repeat the flush.
      output.reserve(Int(stream.pointee.avail_in) / 2 + 256)
      let room = min(output.room.count, 1 << 30)
      stream.pointee.next_out = output.room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let result = CZlib.deflate(stream, flush)
      output.commit(room - Int(stream.pointee.avail_out))
      guard result == Z_OK || result == Z_BUF_ERROR else {
        deflateReset(stream)
        throw .compressionFailed(zlib: result)
      }
    } while stream.pointee.avail_out == 0
  }

  private mutating func open() throws(WebSocketError) -> UnsafeMutablePointer<z_stream> {
    if let stream { return stream }
    let fresh = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    fresh.initialize(to: z_stream())
    let result = deflateInit2_(
      fresh, level, Z_DEFLATED, -windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else {
      fresh.deallocate()
      throw .compressionFailed(zlib: result)
    }
    stream = fresh
    return fresh
  }
}
