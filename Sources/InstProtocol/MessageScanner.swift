import Glibc
import JSONText

/// Scans one frame after the other, as ``MessageScan`` does.
///
/// The frames of a branch begin alike, up to their updates. What was scanned once is compared the
/// next time, which is many times faster.
public struct MessageScanner {
  private var bytes: [UInt8] = []
  private var beginning: MessageBeginning?

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
    if let beginning, startsAsKnown(frame) { return try MessageScan(frame, after: beginning) }
    var found: MessageBeginning?
    let scan = try MessageScan(frame, noting: &found)
    if let found, found.cursor.position <= Self.longest {
      beginning = found
      bytes.removeAll(keepingCapacity: true)
      bytes.append(contentsOf: frame[..<found.cursor.position])
    }
    return scan
  }

  private func startsAsKnown(_ frame: UnsafeRawBufferPointer) -> Bool {
    bytes.withUnsafeBytes { known in
      guard let known = known.baseAddress, let start = frame.baseAddress else { return false }
      return frame.count >= bytes.count && memcmp(known, start, bytes.count) == 0
    }
  }
}

/// What a scan knows before the value of `updates`: nothing of it depends on what follows.
struct MessageBeginning {
  let scan: MessageScan
  /// Before the value.
  let cursor: JSONCursor
}
