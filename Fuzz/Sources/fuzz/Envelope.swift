import InstProtocol
import JSONText

/// The scan of a frame tells what the tree does, whatever is read can be written and read again, and
/// the server takes anything.
///
/// The input: frames, each on a line.
func fuzzEnvelope(_ input: UnsafeRawBufferPointer) {
  var scanner = MessageScanner()
  var servers = [ServerUnderTest(.generous), ServerUnderTest(.tight)]
  for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
    let line = Array(line)
    line.withUnsafeBytes { frame in
      // Text from a WebSocket is UTF-8; the rest is out of contract, but never a trap.
      guard (try? JSON.validateUTF8(frame)) != nil else {
        _ = try? MessageScan(frame)
        return
      }
      let scan = result { () throws(MessageScanError) in try MessageScan(frame) }
      let again = result { () throws(MessageScanError) in try scanner.scan(frame) }
      require(again == scan, "a second scan: \(again), the first: \(scan)")
      compare(scan, in: frame)
      for dialect in [nil, .deployed, .documented] as [Dialect?] {
        let client = result { () throws(EnvelopeError) in
          try Envelope<ClientMessage>(parsing: frame, only: dialect)
        }
        let server = result { () throws(EnvelopeError) in
          try Envelope<ServerMessage>(parsing: frame, only: dialect)
        }
        check(client, dialect, scan, idMayBeNull: false) { (text, only) throws(EnvelopeError) in
          try Envelope<ClientMessage>(parsing: text, only: only)
        }
        check(server, dialect, scan, idMayBeNull: true) { (text, only) throws(EnvelopeError) in
          try Envelope<ServerMessage>(parsing: text, only: only)
        }
      }
      for index in servers.indices { servers[index].receive(frame) }
    }
  }
  for index in servers.indices { servers[index].end() }
}

// MARK: - Reading and writing

/// Reading agrees with the scan, and what was read comes back when it is written.
private func check<Message: InstMessage>(
  _ read: Result<Envelope<Message>, EnvelopeError>, _ only: Dialect?,
  _ scan: Result<MessageScan, MessageScanError>, idMayBeNull: Bool,
  parse: (UnsafeRawBufferPointer, Dialect?) throws(EnvelopeError) -> Envelope<Message>
) {
  switch read {
  case .failure(.notJSON(let error)):
    require(scan == .failure(.notJSON(error)), "reading: \(error), the scan: \(scan)")
  case .failure(.invalidEnvelope(let issues)), .failure(.invalidContent(_, let issues)):
    require(!issues.isEmpty, "an error says what is wrong")
  case .success(let envelope):
    require(scan.value?.form == form(of: envelope), "reading: \(envelope), the scan: \(scan)")
    require(idMayBeNull || envelope.id != nil, "an id")
    for dialect in only.map({ [$0] }) ?? Dialect.allCases {
      // Not everything that is understood has a form in each dialect.
      let text = try? written { (writer) throws(DialectError) in
        try envelope.write(to: &writer, dialect: dialect)
      }
      guard let text else { continue }
      let again = mustSucceed("what was written") { () throws(EnvelopeError) in
        try text.span.withUnsafeBytes { (text) throws(EnvelopeError) in try parse(text, dialect) }
      }
      require(again == envelope, "\(again) instead of \(envelope)")
      let second = mustSucceed("writing again") { () throws(DialectError) in
        try written { (writer) throws(DialectError) in
          try again.write(to: &writer, dialect: dialect)
        }
      }
      require(second == text, "written once more it is another text: \(again)")
    }
  }
}

private func form(of envelope: Envelope<some InstMessage>) -> MessageScan.Form {
  switch envelope {
  case .message: .message
  case .uploadRequest: .uploadRequest
  case .uploadResponse: .uploadResponse
  case .downloadRequest: .downloadRequest
  case .error: .error
  }
}

// MARK: - The scan and the tree

private func compare(
  _ outcome: Result<MessageScan, MessageScanError>, in frame: UnsafeRawBufferPointer
) {
  let tree = result { () throws(JSONError) in try JSONValue(parsing: frame) }
  switch (outcome, tree) {
  case (.success(let scan), .success(let tree)): compare(scan, tree, in: frame)
  case (.failure(.notJSON(let error)), .failure(let treeError)):
    require(error == treeError, "the scan: \(error), the tree: \(treeError)")
  case (.failure(.notAnEnvelope(let kind)), .success(let tree)):
    require(tree.kind == kind && !isEnvelope(tree), "no envelope, but \(tree)")
  default: fatalError("broken: the scan: \(outcome), the tree: \(tree)")
  }
}

private func isEnvelope(_ tree: JSONValue) -> Bool {
  guard let form = tree[0]?.intValue, (1...5).contains(form), let id = tree[1],
    id.kind == .number || id.kind == .null
  else { return false }
  return form != 1 && form != 5 || tree[2]?.kind == .object
}

private func compare(_ scan: MessageScan, _ tree: JSONValue, in frame: UnsafeRawBufferPointer) {
  require(isEnvelope(tree), "an envelope, but \(tree)")
  require(Int(scan.form.rawValue) == tree[0]?.intValue, "the form of \(tree)")
  let hasContent = scan.form == .message || scan.form == .error
  let content = hasContent ? tree[2] : nil

  func isSame(_ range: JSONRange?, _ value: JSONValue?) -> Bool {
    range.map { RawJSON(scanned: $0.bytes(in: frame)).value } == value
  }
  require(isSame(scan.id, tree[1]), "the id of \(tree)")
  require(isSame(scan.content, content), "the content of \(tree)")
  let fields: [(JSONRange?, String)] = [
    (scan.recordName, "recordName"), (scan.inst, "inst"), (scan.branch, "branch"),
    (scan.updateID, "updateId"), (scan.initial, "initial"), (scan.timestamps, "timestamps"),
    (scan.success, "success"), (scan.errorCode, "errorCode"),
  ]
  for (range, name) in fields { require(isSame(range, content?[name]), "\(name) of \(tree)") }

  let type = content?["type"]?.stringValue
  require(scan.typeName?.decoded(in: frame) == type, "the type of \(tree)")
  let known = MessageType.allCases.first { $0 != .unknown && $0.name.description == type }
  require(scan.type == known ?? .unknown, "\(scan.type) for \(tree)")

  let address = address(in: content)
  require(scan.address(in: frame) == address, "the address of \(tree)")
  if let address {
    require(AddressMatcher(address).matches(scan, in: frame), "\(address) matches \(tree)")
  }
  compareUpdates(scan, content?["updates"], in: frame)
  if scan.isPlain {
    require(frame.allSatisfy { 0x20...0x7E ~= $0 }, "plain, but \(tree)")
  }
  checkOtherFields(scan, content)
}

private func address(in content: JSONValue?) -> BranchAddress? {
  guard let inst = content?["inst"]?.stringValue, let branch = content?["branch"]?.stringValue
  else { return nil }
  switch content?["recordName"] {
  case nil, .null?: return BranchAddress(recordName: nil, inst: inst, branch: branch)
  case .string(let name)?: return BranchAddress(recordName: name, inst: inst, branch: branch)
  default: return nil
  }
}

private func compareUpdates(
  _ scan: MessageScan, _ updates: JSONValue?, in frame: UnsafeRawBufferPointer
) {
  let strings = updates?.arrayValue?.compactMap(\.stringValue)
  guard let strings, strings.count == updates?.arrayValue?.count else {
    return require(scan.updates == nil, "updates that are none: \(scan)")
  }
  let scanned = scan.updates.map { RawJSON(scanned: $0.bytes(in: frame)).value }
  require(scanned == updates, "the updates of \(scan)")
  require(scan.updateCount == strings.count, "the number of updates in \(scan)")
  guard !scan.updatesHaveEscapes else { return }
  let size = strings.reduce(0) { $0 + $1.utf8.count }
  require(scan.updateBytes == size, "\(size) bytes of updates in \(scan)")
}

private func checkOtherFields(_ scan: MessageScan, _ content: JSONValue?) {
  let noted: Set = [
    "type", "recordName", "inst", "branch", "updates", "updateId", "initial", "timestamps",
    "success", "errorCode",
  ]
  if content?.objectValue?.contains(where: { !noted.contains($0.name) }) == true {
    require(scan.hasOtherFields, "other fields in \(scan)")
  }
}
