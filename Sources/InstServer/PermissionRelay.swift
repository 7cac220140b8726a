import InstProtocol
import JSONText

/// A permission that was asked for and that nobody has granted or refused yet.
struct PendingPermission: Sendable {
  let permission: MissingPermission
  let requester: ClientID
  let granters: Set<ClientID>

  var subject: PermissionResponse.Subject { permission.subject }
}

extension InstServerCore {
  /// How many requests may wait for an answer together.
  private static let maximumPending = 1_000

  /// Passes a request on to the devices of the inst whose user may grant it: the record's owner.
  mutating func requestPermission(
    _ request: PermissionRequest, _ client: ClientID, effects: inout [Effect]
  ) {
    guard let info = requireLogin(client, about: nil, effects: &effects) else { return }
    var permission = request.reason
    permission.unknownFields = []
    if permission.subjectID == nil { permission.subjectID = info.userID }
    let granters: Set<ClientID>
    switch granterDevices(for: permission, askedBy: client, info) {
    case .failure(let refusal):
      return refusePermission(permission, refusal, client, effects: &effects)
    case .success(let devices): granters = devices
    }
    pendingPermissions.removeAll { $0.requester == client && $0.permission == permission }
    pendingPermissions.append(
      PendingPermission(permission: permission, requester: client, granters: granters))
    var relayed = PermissionRequest(reason: permission)
    if configuration.dialect == .deployed {
      relayed.connection = info
      relayed.user = info.userID.flatMap { authority?.users[$0]?.profile }
    }
    let receivers = granters.sorted { $0.rawValue < $1.rawValue }
    send(.permissionRequest(relayed), to: receivers, effects: &effects)
  }

  /// Passes an answer on to those who have asked. What is granted is in force from here on.
  mutating func answerPermission(
    _ response: PermissionResponse, _ client: ClientID, effects: inout [Effect]
  ) {
    guard let info = requireLogin(client, about: nil, effects: &effects) else { return }
    let mine = pendingPermissions.filter { $0.granters.contains(client) && mayGrant($0, info) }
    // Without a subject, as in the documented dialect, it answers what was asked first.
    guard let subject = response.subject ?? mine.first?.subject else { return }
    let answered = mine.filter { $0.subject == subject }
    guard !answered.isEmpty else { return }
    pendingPermissions.removeAll { $0.subject == subject }
    let isDeployed = configuration.dialect == .deployed
    let relayed = PermissionResponse(
      success: response.success, subject: isDeployed ? subject : nil,
      errorCode: response.errorCode, errorMessage: response.errorMessage,
      connection: isDeployed ? info : nil)
    if response.success {
      for pending in answered { authority?.grant(pending.permission) }
    }
    var receivers: [ClientID] = []
    for pending in answered where !receivers.contains(pending.requester) {
      receivers.append(pending.requester)
    }
    send(.permissionResponse(relayed), to: receivers, effects: &effects)
  }

  private func granterDevices(
    for permission: MissingPermission, askedBy client: ClientID, _ info: ConnectionInfo
  ) -> Result<Set<ClientID>, PermissionRefusal> {
    guard let authority else { return .failure(.noUsers) }
    guard let userID = info.userID, permission.subjectType == "user",
      permission.subjectID == userID
    else { return .failure(.otherSubject) }
    guard pendingPermissions.count < Self.maximumPending else { return .failure(.tooMany) }
    guard permission.resourceKind == "inst", let inst = permission.resourceID,
      let record = authority.records[permission.recordName]
    else { return .failure(.nobody) }
    let watches =
      insts[InstAddress(recordName: record.name, inst: inst)]?.watches.keys.map(\.self) ?? []
    let devices = watches.filter { $0 != client && sessions[$0]?.info?.userID == record.owner }
    return devices.isEmpty ? .failure(.nobody) : .success(Set(devices))
  }

  private func mayGrant(_ pending: PendingPermission, _ info: ConnectionInfo) -> Bool {
    let record = authority?.records[pending.permission.recordName]
    return info.userID != nil && record?.owner == info.userID
  }

  private func refusePermission(
    _ permission: MissingPermission, _ refusal: PermissionRefusal, _ client: ClientID,
    effects: inout [Effect]
  ) {
    let response = PermissionResponse(
      success: false, subject: configuration.dialect == .deployed ? permission.subject : nil,
      errorCode: .unacceptableRequest, errorMessage: refusal.rawValue)
    send(.permissionResponse(response), to: client, effects: &effects)
  }
}

/// Why a request for a permission is not passed on.
private enum PermissionRefusal: String, Error {
  case noUsers = "This server knows no users."
  case otherSubject = "A user asks for permissions of the user's own."
  case nobody = "Nobody who may grant the permission is there."
  case tooMany = "Too many requests wait for an answer."
}

extension MissingPermission {
  /// What an answer says of the request.
  fileprivate var subject: PermissionResponse.Subject {
    PermissionResponse.Subject(
      recordName: recordName, resourceKind: resourceKind, resourceID: resourceID ?? "",
      subjectType: subjectType, subjectID: subjectID ?? "")
  }
}

extension AuthDatabase.User {
  /// What the owner of a record sees of a user who asks for a permission.
  fileprivate var profile: RawJSON {
    RawJSON([
      "userId": .string(id), "email": email.map(JSONValue.string) ?? .null,
      "displayName": displayName.map(JSONValue.string) ?? .null,
    ])
  }
}
