import Glibc
import JSONText

/// Scans one frame after the other, as ``MessageScan`` does.
///
/// The frames of a branch begin alike, up to their updates. What was scanned once is compared the
/// next time, which is many times faster.
public struct MessageScanner {
  /// What the frames begin with, up to the value of `updates`; empty before there was one.
  private var beginning: [UInt8] = []
  /// What a scan knows behind it: nothing of that depends on what follows.
  private var scanned = MessageScan.empty
  private var cursor = JSONCursor(UnsafeRawBufferPointer(start: nil, count: 0))

  /// A longer beginning is not kept.
  private static let longest = 1024

  /// A scanner that has seen nothing yet.
  public init() {}

  /// Scans a frame.
  ///
  /// - Parameter frame: The text of the frame, known to be UTF-8.
  /// - Throws: ``MessageScanError``.
  public mutating func scan(
    _ frame: UnsafeRawBufferPointer
  ) throws(MessageScanError) -> MessageScan {
    guard beginsAsKnown(frame) else {
      return try MessageScan(frame) { remember(frame, $0, $1) }
    }
    var scan = scanned
    try scan.scanRest(of: frame, at: cursor)
    return scan
  }

  private func beginsAsKnown(_ frame: UnsafeRawBufferPointer) -> Bool {
    guard !beginning.isEmpty, frame.count >= beginning.count, let start = frame.baseAddress else {
      return false
    }
    return memcmp(beginning, start, beginning.count) == 0
  }

  private mutating func remember(
    _ frame: UnsafeRawBufferPointer, _ scanned: MessageScan, _ cursor: JSONCursor
  ) {
    guard cursor.position <= Self.longest else { return }
    beginning.removeAll(keepingCapacity: true)
    beginning.append(contentsOf: frame[..<cursor.position])
    self.scanned = scanned
    self.cursor = cursor
  }
}
