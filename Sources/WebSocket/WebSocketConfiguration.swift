/// Limits, timers and habits of a connection.
public struct WebSocketConfiguration: Hashable, Sendable {
  /// The largest message accepted, in bytes, before and after inflating.
  public var maximumMessageSize: Int
  /// The largest payload of one frame accepted, in bytes.
  public var maximumFrameSize: Int
  /// How many bytes may wait to be sent. One message is always taken when nothing waits.
  public var maximumPendingOutput: Int
  /// Nanoseconds between the connection's own pings; nil, or nothing above 0, for none.
  public var pingInterval: Int64?
  /// Nanoseconds of silence after a ping that end the connection.
  public var pingTimeout: Int64
  /// Nanoseconds to wait for the answer to a close frame, and then for the end of the stream.
  public var closeTimeout: Int64
  /// Messages larger than this go out in frames of at most so many payload bytes; nil for one frame.
  public var fragmentSize: Int?
  /// zlib's compression level, 0 to 9.
  public var compressionLevel: Int
  /// zlib's memory level, 1 to 9: 8 takes 128 KiB, each level less half of it.
  public var compressionMemoryLevel: Int
  /// Messages of fewer bytes are sent as they are.
  public var compressionMinimum: Int

  /// The same with limits that can be added to without overflow: `Int.max` means none.
  var bounded: WebSocketConfiguration {
    func bound(_ limit: Int) -> Int { min(max(limit, 0), .max / 4) }
    var bounded = self
    bounded.maximumMessageSize = bound(maximumMessageSize)
    bounded.maximumFrameSize = bound(maximumFrameSize)
    bounded.maximumPendingOutput = bound(maximumPendingOutput)
    return bounded
  }

  /// The defaults: 64 MiB, no own pings, 5 s to close, everything of 64 bytes and more compressed.
  public init(
    maximumMessageSize: Int = 64 << 20,
    maximumFrameSize: Int? = nil,
    maximumPendingOutput: Int = 64 << 20,
    pingInterval: Int64? = nil,
    pingTimeout: Int64 = 10_000_000_000,
    closeTimeout: Int64 = 5_000_000_000,
    fragmentSize: Int? = nil,
    compressionLevel: Int = 6,
    compressionMemoryLevel: Int = 8,
    compressionMinimum: Int = 64
  ) {
    self.maximumMessageSize = maximumMessageSize
    self.maximumFrameSize = maximumFrameSize ?? maximumMessageSize
    self.maximumPendingOutput = maximumPendingOutput
    self.pingInterval = pingInterval
    self.pingTimeout = pingTimeout
    self.closeTimeout = closeTimeout
    self.fragmentSize = fragmentSize
    self.compressionLevel = compressionLevel
    self.compressionMemoryLevel = compressionMemoryLevel
    self.compressionMinimum = compressionMinimum
  }
}
