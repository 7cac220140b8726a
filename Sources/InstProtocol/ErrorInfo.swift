public import JSONText

/// How a server tells of a failure, in an error event or as the result of a request (PROTOCOL
/// section 3): always with `success: false`.
public struct ErrorInfo: Error, Hashable, Sendable {
  /// What the failure is.
  public var errorCode: ErrorCode
  /// The server's words for people.
  public var errorMessage: String
  /// The branch it is about. Nil when the server has not named all three parts; those that it has
  /// named are then among ``unknownFields``.
  public var address: BranchAddress?
  /// Why a request was denied, as it came; its `type` is `missing_permission` or another.
  public var reason: RawJSON?
  /// What is wrong with which field of the request, as it came.
  public var issues: RawJSON?
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// A failure.
  public init(
    errorCode: ErrorCode, errorMessage: String, address: BranchAddress? = nil,
    reason: RawJSON? = nil, issues: RawJSON? = nil, unknownFields: [UnknownField] = []
  ) {
    self.errorCode = errorCode
    self.errorMessage = errorMessage
    self.address = address
    self.reason = reason
    self.issues = issues
    self.unknownFields = unknownFields
  }
}

extension ErrorInfo: FieldGroup {
  init(from fields: inout FieldReader) {
    if fields.has("success"), fields.bool("success") { fields.note(.unknownValue, at: "success") }
    errorCode = ErrorCode(rawValue: fields.string("errorCode"))
    // Servers always say something; one that does not has said as much with the code.
    errorMessage = fields.optionalString("errorMessage") ?? errorCode.rawValue
    let isComplete =
      (fields.isNull("recordName") || fields.isString("recordName"))
      && fields.isString("inst") && fields.isString("branch")
    address = isComplete ? BranchAddress(from: &fields) : nil
    reason = fields.optionalRaw("reason")
    issues = fields.optionalRaw("issues")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("success", false)
    writer.field("errorCode", errorCode.rawValue)
    writer.field("errorMessage", errorMessage)
    address?.write(to: &writer)
    writer.optionalField("issues", issues)
    writer.optionalField("reason", reason)
    writer.unknownFields(unknownFields)
  }
}

extension ErrorInfo: CustomStringConvertible {
  /// The code and the server's words.
  public var description: String { "\(errorCode): \(errorMessage)" }
}
