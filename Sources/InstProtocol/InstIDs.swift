/// Reads an inst id: `record/inst`, or `/inst` for a public inst (PROTOCOL section 1).
///
/// Everything behind the first slash is the inst, further slashes included.
///
/// - Returns: The address, or nil for an id without a slash; ``normalizeInstId(_:)`` makes one with
///   a slash from a legacy id.
public func parseInstId(_ id: String) -> InstAddress? {
  guard let slash = id.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
  let record = id[..<slash]
  return InstAddress(
    recordName: record.isEmpty ? nil : String(record),
    inst: String(id[id.utf8.index(after: slash)...]))
}

/// Writes an inst id: `record/inst`, or `/inst` for a public inst.
public func formatInstId(recordName: String?, inst: String) -> String {
  "\(recordName ?? "")/\(inst)"
}

/// Gives a legacy id, which has no slash and means a public inst, the form of today: `old` is `/old`.
///
/// - Returns: The id with a slash, or nil for an empty id.
public func normalizeInstId(_ id: String) -> String? {
  guard !id.isEmpty else { return nil }
  return id.utf8.contains(UInt8(ascii: "/")) ? id : "/\(id)"
}
