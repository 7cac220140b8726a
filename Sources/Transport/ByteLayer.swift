/// One of the layers that a stream of bytes is made of: a socket, TLS over another layer, or bytes
/// that were read too early. None of the calls waits.
@EventLoop
protocol ByteLayer: AnyObject {
  /// Reads what is there, up to the buffer's size.
  func read(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TransportError) -> ByteStream.ReadResult

  /// Writes as much as is taken now, and says how much that was.
  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int

  /// Sends what was taken and waits for the socket, as far as it goes.
  func flush() throws(TransportError)

  /// Bytes that were taken and wait for the socket, here and below.
  var pendingOutput: Int { get }

  /// See ``ByteStream/wasCutOff``.
  var wasCutOff: Bool { get }

  /// Says that nothing more will be written.
  func finishWriting()

  /// The stream is about to close.
  func close()
}

/// A layer that first gives bytes which were read too early, then what the layer below gives.
@EventLoop
final class LeftoverLayer: ByteLayer {
  private var leftover: ArraySlice<UInt8>
  private let lower: any ByteLayer

  init(_ leftover: [UInt8], over lower: any ByteLayer) {
    self.leftover = leftover[...]
    self.lower = lower
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TransportError) -> ByteStream.ReadResult {
    guard !leftover.isEmpty else { return try lower.read(into: buffer) }
    let part = leftover.prefix(buffer.count)
    buffer.copyBytes(from: part)
    leftover = leftover.dropFirst(part.count)
    return .bytes(part.count)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    try lower.write(bytes)
  }

  func flush() throws(TransportError) { try lower.flush() }
  var pendingOutput: Int { lower.pendingOutput }
  var wasCutOff: Bool { lower.wasCutOff }
  func finishWriting() { lower.finishWriting() }
  func close() { lower.close() }
}
