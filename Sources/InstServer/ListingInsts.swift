import InstProtocol
import JSONText

extension InstServerCore {
  /// How many insts a page has.
  private static let pageSize = 10

  /// The insts of a record by name, those behind `inst` first: a page of them, and how many there are
  /// in all (PROTOCOL section 6).
  func listInsts(
    _ request: OperationRequest, userID: String?, now: Int64
  ) throws(OperationError) -> OperationResponse {
    guard let asked = request.query["recordName"], !asked.isEmpty else {
      throw .unacceptable("The query has no recordName.")
    }
    let key = RecordKey(of: asked)
    let recordName = key?.recordName ?? asked
    if authority != nil {
      let user = try sessionUser(of: request, now: now) ?? userID
      try checkListing(recordName, key, user)
    }
    let all = instsOfRecord(recordName)
    let behind = request.query["inst"].map { Array($0.utf8) } ?? []
    let page = all.filter { behind.lexicographicallyPrecedes($0.name.utf8) || behind.isEmpty }
      .prefix(Self.pageSize)
    let insts = page.map { inst -> JSONValue in
      let markers = inst.markers.isEmpty ? ["private"] : inst.markers.sorted()
      return [
        "recordName": .string(recordName), "inst": .string(inst.name),
        "markers": .array(markers.map(JSONValue.string)),
      ]
    }
    return OperationResponse(
      json: ["success": true, "insts": .array(insts), "totalCount": JSONValue(all.count)])
  }

  private func checkListing(
    _ recordName: String, _ key: RecordKey?, _ userID: String?
  ) throws(OperationError) {
    guard let record = authority?.records[recordName] else {
      guard userID != nil || key != nil else { throw .notLoggedIn }
      throw OperationError("record_not_found", status: 404, "There is no such record.")
    }
    if let key {
      guard let refusal = record.refusal(of: key, userID: userID) else { return }
      throw OperationError(refusal.errorCode.rawValue, status: 403, refusal.errorMessage)
    }
    guard let userID else { throw .notLoggedIn }
    guard record.owner == userID || record.members.contains(userID) else {
      throw OperationError(
        "not_authorized", status: 403, "The permission to list the insts is missing.")
    }
  }

  private func instsOfRecord(_ recordName: String) -> [(name: String, markers: Set<String>)] {
    let addresses = authority.map { Array($0.insts.keys) } ?? Array(insts.keys)
    return addresses.filter { $0.recordName == recordName }
      .sorted { $0.inst.utf8.lexicographicallyPrecedes($1.inst.utf8) }
      .map { ($0.inst, authority?.insts[$0] ?? []) }
  }
}
