import JSONText

/// A frame without its secrets: tokens and keys, wherever they stand, and whatever a login gives as its
/// token.
struct MaskedFrame {
  private let text: UnsafeRawBufferPointer
  /// The frame with its secrets replaced; nil where it has none.
  private let masked: JSONValue?

  /// What tokens and keys begin with (PROTOCOL section 6).
  static let marks = ["vCT1.", "vCK1.", "vSK1.", "vRK1.", "vRK2."]
  private static let tokenField = "connectionToken"

  /// - Parameter text: valid JSON text, which must be there as long as this is used.
  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
    guard Self.mayHoldASecret(text) else {
      masked = nil
      return
    }
    let value = RawJSON(scanned: text).value
    let result = Self.mask(value)
    masked = result == value ? nil : result
  }

  func write(to writer: inout JSONWriter) {
    if let masked { writer.value(masked) } else { writer.passThrough(text) }
  }

  private static func mayHoldASecret(_ text: UnsafeRawBufferPointer) -> Bool {
    // An escaped text could hide one.
    let suspects = (marks + [tokenField, "\\u"]).map { Array($0.utf8) }
    let beginnings = Set(suspects.compactMap(\.first))
    return text.indices.contains { index in
      beginnings.contains(text[index]) && suspects.contains { text[index...].starts(with: $0) }
    }
  }

  private static func mask(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(mask(text))
    case .array(let elements): .array(elements.map(mask))
    case .object(let members):
      .object(
        members.map { member in
          JSONMember(
            name: mask(member.name),
            value: member.name == tokenField && member.value.stringValue != nil
              ? .string("***") : mask(member.value))
        })
    case .null, .bool, .number: value
    }
  }

  /// The text up to the mark of a secret in it.
  private static func mask(_ text: String) -> String {
    for mark in marks {
      guard let range = text.utf8.firstRange(of: mark.utf8),
        text[range.upperBound...].first.map({ $0.isLetter || $0.isNumber }) ?? false
      else { continue }
      return String(text[..<range.upperBound]) + "***"
    }
    return text
  }
}
