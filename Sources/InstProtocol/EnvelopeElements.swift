import JSONText

/// The elements of the array that a frame must be, and what is read from each.
struct EnvelopeElements {
  let text: UnsafeRawBufferPointer
  private(set) var ranges: [JSONRange] = []

  /// Finds the elements.
  init(_ text: UnsafeRawBufferPointer) throws(EnvelopeError) {
    self.text = text
    let kind: JSONKind
    do throws(JSONError) {
      try JSON.validate(text)
      var cursor = JSONCursor(text)
      kind = try cursor.peekKind()
      if kind == .array {
        try cursor.beginArray()
        while try cursor.nextElement() { ranges.append(try cursor.skipValue()) }
      }
    } catch { throw .notJSON(error) }
    guard kind == .array else {
      let problem = FieldIssue.Problem.wrongType(expected: "array", found: kind)
      throw .invalidEnvelope([FieldIssue(path: [], problem: problem)])
    }
  }

  /// The number of the form, from 1 to 5, and the frame's id.
  func head(idMayBeNull: Bool) throws(EnvelopeError) -> (form: Int, id: JSONNumber?) {
    var issues: [FieldIssue] = []
    let form = ranges.first?.int(in: text) ?? 0
    if !(1...5).contains(form) {
      issues.append(FieldIssue(path: [.index(0)], problem: .unknownValue))
    }
    let id = ranges.dropFirst().first
    switch id?.kind {
    case .number where id?.double(in: text)?.isFinite == true: break
    case .number:
      issues.append(FieldIssue(path: [.index(1)], problem: .numberOutOfRange))
    case .null where idMayBeNull: break
    case let kind:
      let problem = FieldIssue.Problem.wrongType(expected: "number", found: kind)
      issues.append(FieldIssue(path: [.index(1)], problem: problem))
    }
    guard issues.isEmpty else { throw .invalidEnvelope(issues) }
    return (form, id.flatMap { JSONNumber(String(decoding: $0.bytes(in: text), as: UTF8.self)) })
  }

  /// The message in a frame of form 1.
  func message<Message: InstMessageCases>(
    id: JSONNumber?, only: Dialect?
  ) throws(EnvelopeError) -> Message {
    guard let content = bytes(of: 2) else { throw .invalidContent(id: id, [.notAnObject(nil)]) }
    do throws(MessageError) {
      return try read(content, only: only)
    } catch {
      switch error {
      case .notJSON(let error): throw .notJSON(error)
      case .invalidFields(let issues): throw .invalidContent(id: id, issues)
      }
    }
  }

  /// The error in a frame of form 5.
  func errorInfo(id: JSONNumber?) throws(EnvelopeError) -> ErrorInfo {
    let content = bytes(of: 2)
    guard let content, var fields = FieldReader(content, only: nil) else {
      throw .invalidContent(id: id, [.notAnObject(content)])
    }
    let info = ErrorInfo(from: &fields)
    guard fields.issues.isEmpty else { throw .invalidContent(id: id, fields.issues) }
    return info
  }

  /// The three elements behind the id in a frame of form 3 or 4.
  func storageRequest() throws(EnvelopeError) -> StorageRequest {
    var issues: [FieldIssue] = []
    let url = string(at: 2, &issues)
    let method = string(at: 3, &issues)
    var headers: [StorageRequest.Header] = []
    if let content = bytes(of: 4), var fields = FieldReader(content, path: [.index(4)], only: nil) {
      headers = fields.headers()
      issues += fields.issues
    } else {
      let found = ranges.dropFirst(4).first?.kind
      issues.append(
        FieldIssue(path: [.index(4)], problem: .wrongType(expected: "object", found: found)))
    }
    guard issues.isEmpty else { throw .invalidEnvelope(issues) }
    return StorageRequest(url: url, method: method, headers: headers)
  }

  private func bytes(of index: Int) -> UnsafeRawBufferPointer? {
    ranges.indices.contains(index) ? ranges[index].bytes(in: text) : nil
  }

  private func string(at index: Int, _ issues: inout [FieldIssue]) -> String {
    let element = ranges.dropFirst(index).first
    guard let string = element?.string else {
      let problem = FieldIssue.Problem.wrongType(expected: "string", found: element?.kind)
      issues.append(FieldIssue(path: [.index(index)], problem: problem))
      return ""
    }
    return string.decoded(in: text)
  }
}

extension FieldReader {
  /// All members, each a header field.
  fileprivate mutating func headers() -> [StorageRequest.Header] {
    unknownFields().map { field in
      guard let value = field.value.value.stringValue else {
        issues.append(
          FieldIssue(
            path: path + [.name(field.name)],
            problem: .wrongType(expected: "string", found: field.value.kind)))
        return StorageRequest.Header(name: field.name, value: "")
      }
      return StorageRequest.Header(name: field.name, value: value)
    }
  }
}
