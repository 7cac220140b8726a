import JSONText

/// What a message, or an object inside one, is made of besides its type.
protocol FieldGroup: Hashable, Sendable {
  /// Reads the known fields and keeps the others.
  init(from fields: inout FieldReader)

  /// Writes the members, unknown ones last, into the object that is open.
  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError)
}

extension JSONWriter {
  mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }

  mutating func field(_ name: StaticString, _ value: JSONNumber) {
    key(name)
    number(value)
  }

  mutating func field(_ name: StaticString, _ value: RawJSON) {
    key(name)
    raw(value)
  }

  mutating func field(_ name: StaticString, _ values: [String]) {
    key(name)
    beginArray()
    for value in values { string(value) }
    endArray()
  }

  mutating func field(_ name: StaticString, _ values: [JSONNumber]) {
    key(name)
    beginArray()
    for value in values { number(value) }
    endArray()
  }

  mutating func field(
    _ name: StaticString, _ value: some FieldGroup, _ dialect: Dialect
  ) throws(DialectError) {
    key(name)
    beginObject()
    try value.write(to: &self, dialect: dialect)
    endObject()
  }

  mutating func optionalField(_ name: StaticString, _ value: String?) {
    if let value { field(name, value) }
  }

  mutating func optionalField(_ name: StaticString, _ value: Bool?) {
    if let value { field(name, value) }
  }

  mutating func optionalField(_ name: StaticString, _ value: JSONNumber?) {
    if let value { field(name, value) }
  }

  mutating func optionalField(_ name: StaticString, _ value: RawJSON?) {
    if let value { field(name, value) }
  }

  mutating func nullableField(_ name: StaticString, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  mutating func unknownFields(_ fields: [UnknownField]) {
    for field in fields {
      key(string: field.name)
      raw(field.value)
    }
  }
}

extension BranchAddress {
  /// Reads the three fields of a branch-scoped message. A record's name is never empty.
  init(from fields: inout FieldReader) {
    recordName = fields.nullableString("recordName", mayBeEmpty: false)
    inst = fields.string("inst")
    branch = fields.string("branch")
  }

  func write(to writer: inout JSONWriter) {
    writer.nullableField("recordName", recordName)
    writer.field("inst", inst)
    writer.field("branch", branch)
  }
}
