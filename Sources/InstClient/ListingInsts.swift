public import InstProtocol
public import JSONText
import Transport

/// An inst of a record, as a server lists it.
public struct ListedInst: Hashable, Sendable {
  /// The record's name. Nil where the server does not repeat it.
  public var recordName: String?
  /// The inst's name.
  public var inst: String
  /// What decides who may do what with it.
  public var markers: [String]
  /// All that the server has said about it.
  public var json: RawJSON
}

/// A part of the list of a record's insts.
public struct InstPage: Hashable, Sendable {
  /// The insts; none behind the last page.
  public var insts: [ListedInst]
  /// How many insts the record has in all, where the server says so.
  public var totalCount: Int?
}

extension InstAPI {
  /// A page of the insts of a record (`GET /api/v2/records/insts/list`).
  ///
  /// - Parameters:
  ///   - recordName: The record's name, or a record key.
  ///   - inst: The inst behind which the page begins; nil for the first page.
  ///   - sessionKey: As whom; nil for nobody in particular.
  @EventLoop
  public func listInsts(
    ofRecord recordName: String, after inst: String? = nil, sessionKey: SessionKey?
  ) async throws(InstAPIError) -> InstPage {
    let request = InstAPIRequest.listInsts(recordName, after: inst, sessionKey)
    return try InstPage(try await answer(to: request))
  }

  /// All insts of a record, page by page.
  ///
  /// - Parameters:
  ///   - recordName: The record's name, or a record key.
  ///   - sessionKey: As whom; nil for nobody in particular.
  /// - Throws: Also ``InstAPIError/brokenAnswer(reason:)`` for a server that gives the same page again and
  ///   again, or more than a million insts.
  @EventLoop
  public func allInsts(
    ofRecord recordName: String, sessionKey: SessionKey?
  ) async throws(InstAPIError) -> [ListedInst] {
    var list = InstList()
    while !list.isComplete {
      list.add(
        try await listInsts(ofRecord: recordName, after: list.cursor, sessionKey: sessionKey))
      if let fault = list.fault { throw .brokenAnswer(reason: fault) }
    }
    return list.insts
  }
}

/// The insts of a record as page after page is added.
struct InstList {
  private(set) var insts: [ListedInst] = []
  /// Whether there are no more.
  private(set) var isComplete = false
  /// Why going on would not lead anywhere.
  private(set) var fault: String?
  private var names: Set<[UInt8]> = []

  /// More than anybody can want in one list, and what still fits in memory.
  static let maximum = 1_000_000

  /// Behind which inst the next page begins.
  var cursor: String? { insts.last?.inst }

  mutating func add(_ page: InstPage) {
    guard !page.insts.isEmpty else {
      isComplete = true
      return
    }
    // Not by String: the names of insts are not normalised.
    let new = page.insts.filter { names.insert(Array($0.inst.utf8)).inserted }
    if new.isEmpty {
      // A server that ignores where to begin has said it all, if that was the whole.
      isComplete = page.totalCount == insts.count
      if !isComplete { fault = "it repeats a page of the list" }
      return
    }
    insts += new
    if insts.count > Self.maximum { fault = "it lists more than \(Self.maximum) insts" }
  }
}

extension InstAPIRequest {
  static func listInsts(
    _ recordName: String, after inst: String?, _ sessionKey: SessionKey?
  ) -> InstAPIRequest {
    var query = [(name: "recordName", value: recordName)]
    if let inst { query.append((name: "inst", value: inst)) }
    return InstAPIRequest(
      method: "GET", path: "records/insts/list", query: query, sessionKey: sessionKey)
  }
}

extension InstPage {
  init(_ answer: JSONValue) throws(InstAPIError) {
    guard let elements = answer["insts"]?.arrayValue else {
      throw .brokenAnswer(reason: "it has no insts")
    }
    totalCount = answer["totalCount"]?.intValue
    insts = []
    insts.reserveCapacity(elements.count)
    for element in elements { insts.append(try ListedInst(element)) }
  }
}

extension ListedInst {
  fileprivate init(_ element: JSONValue) throws(InstAPIError) {
    recordName = element["recordName"]?.stringValue
    inst = try element.text("inst")
    markers = element["markers"]?.arrayValue?.compactMap(\.stringValue) ?? []
    json = RawJSON(element)
  }
}
