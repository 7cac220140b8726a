import InstProtocol
import JSONText

/// What can be done with an inst of a record, by the name that permissions have.
enum InstAction: String, Hashable, Sendable {
  case create
  case read
  case updateData
  case sendAction
}

/// What a client asks for, as far as permissions go.
enum InstOperation {
  case watch, getUpdates, addUpdates, watchDevices, count, sendAction

  /// Whether it makes an inst that is not there.
  var makesInst: Bool { self == .watch || self == .addUpdates }

  /// What it needs of an inst that is there, one after the other.
  var actions: [InstAction] {
    switch self {
    case .watch, .getUpdates, .watchDevices, .count: [.read]
    case .addUpdates: [.read, .updateData]
    case .sendAction: [.read, .sendAction]
    }
  }

  /// Whether refusals name the branch, but for those about the token, which always do.
  var namesBranch: Bool {
    switch self {
    case .watch, .getUpdates, .addUpdates: true
    case .watchDevices, .count, .sendAction: false
    }
  }
}

extension InstServerCore {
  /// Why a client may not do something with a branch. Nil when it may.
  ///
  /// - Parameter address: The branch as the client names it: a record key may stand for the record.
  func refusal(
    of operation: InstOperation, on address: BranchAddress, _ client: ClientID
  ) -> ErrorInfo? {
    guard let authority, let recordName = address.recordName, let session = sessions[client] else {
      return nil
    }
    let resolved = resolved(address)
    let inst = resolved.instAddress
    if session.info?.userID != nil, session.tokenInst != inst {
      return ErrorInfo(
        errorCode: .notAuthorized, errorMessage: "The connection token is for another inst.",
        address: resolved, reason: RawJSON(["type": "invalid_token"]))
    }
    var refusal = refusal(
      of: operation, on: inst, key: RecordKey(of: recordName), userID: session.info?.userID,
      authority)
    refusal?.address = operation.namesBranch ? resolved : nil
    return refusal
  }

  private func refusal(
    of operation: InstOperation, on inst: InstAddress, key: RecordKey?, userID: String?,
    _ authority: Authority
  ) -> ErrorInfo? {
    let record = inst.recordName.flatMap { authority.records[$0] }
    if let record, let key {
      if let refusal = record.refusal(of: key, userID: userID) { return refusal }
    }
    let exists = authority.insts[inst] != nil
    guard exists || operation.makesInst else {
      // Devices of what is not there are followed in silence.
      return operation == .watchDevices
        ? nil : ErrorInfo(errorCode: .instNotFound, errorMessage: "There is no such inst.")
    }
    guard let record else {
      return ErrorInfo(errorCode: .recordNotFound, errorMessage: "There is no such record.")
    }
    if !exists && authority.isFull {
      return ErrorInfo(
        errorCode: .subscriptionLimitReached, errorMessage: "There are as many insts as may be.")
    }
    // A key that is right opens everything.
    if key != nil { return nil }
    for action in exists ? operation.actions : [.create]
    where !authority.allows(action, on: inst, of: record, to: userID) {
      return Self.missing(action, on: inst, of: record, userID: userID)
    }
    return nil
  }

  private static func missing(
    _ action: InstAction, on inst: InstAddress, of record: AuthDatabase.Record, userID: String?
  ) -> ErrorInfo {
    guard let userID else { return .notLoggedIn }
    let permission = MissingPermission(
      recordName: record.name, resourceKind: "inst", resourceID: inst.inst,
      action: action.rawValue, subjectType: "user", subjectID: userID)
    return ErrorInfo(
      errorCode: .notAuthorized, errorMessage: "The permission to do this is missing.",
      reason: permission.json)
  }
}

extension ErrorInfo {
  static let notLoggedIn = ErrorInfo(
    errorCode: .notLoggedIn,
    errorMessage: "This needs a user, logged in with a connection token, or a record key.")
}

extension AuthDatabase.Record {
  /// Why a key does not open the record. Nil when it does.
  func refusal(of key: RecordKey, userID: String?) -> ErrorInfo? {
    let isKnown = keys.contains { $0.secret == key.secret && $0.policy == key.policy }
    guard isKnown else {
      return ErrorInfo(
        errorCode: .invalidRecordKey, errorMessage: "The record key does not open the record.")
    }
    return key.policy == .subjectless || userID != nil ? nil : .notLoggedIn
  }
}

extension RecordKey {
  /// The key that a text is where a record's name may stand. Nil when it is a name.
  init?(of recordName: String) {
    guard recordName.hasPrefix("vRK"), let key = try? RecordKey(parsing: recordName) else {
      return nil
    }
    self = key
  }
}

extension MissingPermission {
  /// The reason of a denial.
  fileprivate var json: RawJSON {
    RawJSON([
      "type": "missing_permission", "recordName": .string(recordName),
      "resourceKind": .string(resourceKind),
      "resourceId": resourceID.map(JSONValue.string) ?? .null,
      "action": .string(action), "subjectType": .string(subjectType),
      "subjectId": subjectID.map(JSONValue.string) ?? .null,
    ])
  }
}
