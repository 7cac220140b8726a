import Foundation
import JSONText
import Testing

@Suite("Agreement with JSONSerialization")
struct FoundationAgreementTests {
  static let valid = [
    #"{"a":[1,2.5,-3,1e2,"x\u00e9\n",true,false,null],"b":{"c":[]}}"#, "[]", "{}", #"["é😀"]"#,
    " [ 1 , 2 ] ", #"{"a":"\ud83d\ude00"}"#, "[0,-0,0.5,123456789012]", #"["\"\\\/\b\f\n\r\t"]"#,
    #"[[[["deep"]]]]"#, #"{"":""}"#, "[1.7976931348623157e308,5e-324]", "1", #""a""#, "null",
    "true",
  ]

  @Test("both read the same values", arguments: valid)
  func sameValues(_ text: String) throws {
    let other = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    #expect(isEqual(try JSONValue(parsing: text), other))
  }

  @Test("JSONSerialization reads what is written here", arguments: valid)
  func readsWritten(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    let data = Data(written { $0.value(value) }.utf8)
    let other = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    #expect(isEqual(value, other))
  }

  static let invalid = [
    "", " ", "[", "]", "[1,", "[1 2]", "[,1]", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, "{1:2}",
    "{a:1}",
    "['a']", #"["\x"]"#, #"["\u12"]"#, "[01]", "[1.]", "[.5]", "[1e]", "[-]", "[+1]", "[NaN]",
    "[tru]",
    "[1]]", "[1] x", "[\"a\nb\"]", "[\"unclosed]", "/**/[]", "[1]//", "nul",
  ]

  @Test("both refuse", arguments: invalid)
  func bothRefuse(_ text: String) {
    #expect(throws: (any Error).self) {
      try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }
    #expect(failure(of: Array(text.utf8)) != nil)
  }

  private func isEqual(_ value: JSONValue, _ other: Any) -> Bool {
    switch value {
    case .null: return other is NSNull
    case .bool(let value): return other as? Bool == value
    case .number(let value): return (other as? NSNumber)?.doubleValue == value.double
    case .string(let value): return other as? String == value
    case .array(let elements):
      guard let others = other as? [Any], others.count == elements.count else { return false }
      return zip(elements, others).allSatisfy { isEqual($0, $1) }
    case .object(let members):
      guard let others = other as? [String: Any], others.count == members.count else {
        return false
      }
      return members.allSatisfy { member in
        others[member.name].map { isEqual(member.value, $0) } ?? false
      }
    }
  }
}
