import Glibc

/// Names one inst: a shared workspace inside a record, or a public one (PROTOCOL section 1).
public struct InstAddress: Hashable, Sendable {
  /// The record's name. Nil for a public inst.
  public var recordName: String?
  /// The inst's name, which may contain slashes and may be empty.
  public var inst: String

  /// The address of an inst.
  public init(recordName: String?, inst: String) {
    self.recordName = recordName
    self.inst = inst
  }

  /// Whether the names are the same UTF-8: servers do not normalise them, as comparing Strings does.
  public static func == (one: InstAddress, other: InstAddress) -> Bool {
    isSameUTF8(one.inst, other.inst) && isSameUTF8(one.recordName, other.recordName)
  }

  /// Hashes the UTF-8 of the names.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(utf8: inst)
    hasher.combine(utf8: recordName ?? "")
  }
}

/// Names one branch: a shared document inside an inst (PROTOCOL section 1).
public struct BranchAddress: Hashable, Sendable {
  /// The record's name. Nil for a public inst.
  public var recordName: String?
  /// The inst's name, which may contain slashes and may be empty.
  public var inst: String
  /// The branch's name; browsers open `default`.
  public var branch: String

  /// The address of a branch.
  public init(recordName: String?, inst: String, branch: String) {
    self.recordName = recordName
    self.inst = inst
    self.branch = branch
  }

  /// The inst that the branch belongs to.
  public var instAddress: InstAddress { InstAddress(recordName: recordName, inst: inst) }

  /// The branch as servers name it in their answers: a record key stands for its record's name
  /// (PROTOCOL section 5, Watch).
  public var answered: BranchAddress {
    guard let recordName, recordName.hasPrefix("vRK"), let key = try? RecordKey(parsing: recordName)
    else { return self }
    return BranchAddress(recordName: key.recordName, inst: inst, branch: branch)
  }

  /// Whether the names are the same UTF-8: servers do not normalise them, as comparing Strings does.
  public static func == (one: BranchAddress, other: BranchAddress) -> Bool {
    isSameUTF8(one.branch, other.branch) && isSameUTF8(one.inst, other.inst)
      && isSameUTF8(one.recordName, other.recordName)
  }

  /// Hashes the UTF-8 of the names.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(utf8: branch)
    hasher.combine(utf8: inst)
    hasher.combine(utf8: recordName ?? "")
  }
}

extension InstAddress: CustomStringConvertible {
  /// The inst id, as ``formatInstId(recordName:inst:)`` writes it.
  public var description: String { formatInstId(recordName: recordName, inst: inst) }
}

extension BranchAddress: CustomStringConvertible {
  /// The inst id and the branch, for people.
  public var description: String { "\(instAddress) (branch \(branch))" }
}

/// Compares as the protocol does: byte for byte.
func isSameUTF8(_ one: String?, _ other: String?) -> Bool {
  guard var one, var other else { return one == nil && other == nil }
  guard one.utf8.count == other.utf8.count else { return false }
  return one.withUTF8 { one in
    other.withUTF8 { other in
      guard let first = one.baseAddress, let second = other.baseAddress else { return true }
      return memcmp(first, second, one.count) == 0
    }
  }
}

extension Hasher {
  fileprivate mutating func combine(utf8 text: String) {
    var text = text
    text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
    combine(UInt8(0xFF))
  }
}
