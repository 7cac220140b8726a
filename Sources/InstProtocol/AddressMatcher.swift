import JSONText

/// Tells whether a scanned message is about one certain branch. Made once for a branch; asking copies
/// and decodes nothing unless a name is written with escapes.
public struct AddressMatcher: Hashable, Sendable {
  /// The branch.
  public let address: BranchAddress

  private let recordName: [UInt8]?
  private let inst: [UInt8]
  private let branch: [UInt8]

  /// A matcher for a branch.
  public init(_ address: BranchAddress) {
    self.address = address
    recordName = address.recordName.map { Array($0.utf8) }
    inst = Array(address.inst.utf8)
    branch = Array(address.branch.utf8)
  }

  /// Whether the message that was scanned names the branch. A missing `recordName` counts as null.
  ///
  /// - Parameters:
  ///   - scan: What the scan has found.
  ///   - bytes: What was scanned.
  public func matches(_ scan: MessageScan, in bytes: UnsafeRawBufferPointer) -> Bool {
    equals(scan.inst, inst, bytes) && equals(scan.branch, branch, bytes)
      && matchesRecord(scan.recordName, bytes)
  }

  private func matchesRecord(_ range: JSONRange?, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let recordName else { return range == nil || range?.kind == .null }
    return equals(range, recordName, bytes)
  }

  private func equals(
    _ range: JSONRange?, _ name: [UInt8], _ bytes: UnsafeRawBufferPointer
  ) -> Bool {
    guard let range = range?.string else { return false }
    return name.withUnsafeBytes { range.equals(utf8: $0, in: bytes) }
  }
}

extension MessageScan {
  /// The branch that the message names. Nil when it names none, or not as PROTOCOL section 4 says.
  ///
  /// - Parameter bytes: What was scanned.
  public func address(in bytes: UnsafeRawBufferPointer) -> BranchAddress? {
    guard let inst = inst?.string, let branch = branch?.string else { return nil }
    var record: String?
    if let recordName, recordName.kind != .null {
      guard let name = recordName.string else { return nil }
      record = name.decoded(in: bytes)
    }
    return BranchAddress(
      recordName: record, inst: inst.decoded(in: bytes), branch: branch.decoded(in: bytes))
  }
}
