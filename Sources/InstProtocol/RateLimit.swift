public import JSONText

/// `rate_limit_exceeded`: a message was dropped because there were too many.
public struct RateLimitExceeded: Hashable, Sendable {
  /// When to try again, as written: in seconds in the deployed dialect, in milliseconds in the
  /// documented one. ``retryAfterMilliseconds(dialect:)`` knows the unit.
  public var retryAfter: JSONNumber
  /// How many messages the server has counted. Only deployed servers say so.
  public var totalHits: JSONNumber?
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// A notice.
  public init(
    retryAfter: JSONNumber, totalHits: JSONNumber? = nil, unknownFields: [UnknownField] = []
  ) {
    self.retryAfter = retryAfter
    self.totalHits = totalHits
    self.unknownFields = unknownFields
  }

  /// After how many milliseconds to try again.
  ///
  /// - Parameter dialect: What the server speaks; a notice with ``totalHits`` is in the deployed
  ///   dialect in any case.
  /// - Returns: Milliseconds, never negative; possibly a fraction.
  public func retryAfterMilliseconds(dialect: Dialect) -> Double {
    let isSeconds = dialect == .deployed || totalHits != nil
    return max(0, retryAfter.double * (isSeconds ? 1_000 : 1))
  }
}

extension RateLimitExceeded: FieldGroup {
  init(from fields: inout FieldReader) {
    retryAfter = fields.number("retryAfter")
    totalHits = fields.optionalNumber("totalHits")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    if dialect == .documented && totalHits != nil { throw DialectError("totalHits", in: dialect) }
    writer.field("retryAfter", retryAfter)
    writer.optionalField("totalHits", totalHits)
    writer.unknownFields(unknownFields)
  }
}
