/// The namespace of a branch: `/branch/{record or empty}/{inst}/{branch}` (PROTOCOL section 1).
public func branchNamespace(recordName: String?, inst: String, branch: String) -> String {
  namespace("branch", recordName, inst, branch)
}

/// The namespace of those who watch a branch's devices: `/watched_branch/{record}/{inst}/{branch}`.
public func watchBranchNamespace(recordName: String?, inst: String, branch: String) -> String {
  namespace("watched_branch", recordName, inst, branch)
}

/// Reads back a namespace that ``branchNamespace(recordName:inst:branch:)`` or
/// ``watchBranchNamespace(recordName:inst:branch:)`` has written.
///
/// The record is what stands before the first slash, the branch what stands behind the last one, the
/// inst all between. So a branch whose name contains a slash does not come back as it was.
///
/// - Returns: The branch, or nil when the text is no such namespace.
public func branchFromNamespace(_ namespace: String) -> BranchAddress? {
  let prefixes = ["/branch/", "/watched_branch/"]
  guard let prefix = prefixes.first(where: namespace.hasPrefix) else { return nil }
  let path = namespace.dropFirst(prefix.count)
  guard let first = path.firstIndex(of: "/"), let last = path.lastIndex(of: "/"), first < last
  else { return nil }
  let record = path[..<first]
  return BranchAddress(
    recordName: record.isEmpty ? nil : String(record),
    inst: String(path[path.index(after: first)..<last]),
    branch: String(path[path.index(after: last)...]))
}

private func namespace(
  _ mode: String, _ recordName: String?, _ inst: String, _ branch: String
) -> String {
  "/\(mode)/\(recordName ?? "")/\(inst)/\(branch)"
}
