import JSONText

/// A branch as a user would name it, without what is usual: `record/inst`, `/inst`, `/inst#branch`.
enum BranchName {
  static func text(record: String, inst: String, branch: String) -> String {
    "\(record)/\(inst)" + (branch == "default" ? "" : "#\(branch)")
  }

  /// The branch, or the inst, that a line names; nil where it names none.
  static func take(from fields: inout LineFields) -> String? {
    guard let inst = fields.takeString("inst") else { return nil }
    let record = fields.take("recordName")?.stringValue ?? ""
    let branch = fields.takeString("branch") ?? "default"
    return text(record: record, inst: inst, branch: branch)
  }
}
