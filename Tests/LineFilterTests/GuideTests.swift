import Testing

@testable import LineFilter

/// The help's examples say what they are said to say.
@Suite struct GuideTests {
  @Test(arguments: ExpressionGuide.examples.map { [$0.expression, $0.line, $0.otherLine] })
  func examples(example: [String]) throws {
    #expect(try judge(example[0], example[1]))
    #expect(try judge(example[0], example[2]) == false)
  }

  /// Every form of the tables, with something in the places of its letters.
  @Test func formsAreUnderstood() throws {
    for entry in ExpressionGuide.paths {
      for path in entry.form.forms { _ = try ValuePath(path) }
    }
    let operands = ["PATH": ".a", "A": "\"x\"", "B": ".b", "C": ".c", "PATTERN": "x+"]
    for entry in ExpressionGuide.conditions {
      for form in entry.form.forms { _ = try LineExpression(form.replacing(operands)) }
    }
    for entry in ExpressionGuide.values {
      for form in entry.form.forms { _ = try LineExpression(form.replacing(operands) + " == .x") }
    }
    for entry in ExpressionGuide.patterns {
      for form in entry.form.forms {
        let pattern = form.hasPrefix("/") ? form : "/\(form)/"
        _ = try LineExpression(".a =~ \(pattern)")
      }
    }
  }
}

extension String {
  /// What stands between two spaces or more.
  fileprivate var forms: [String] {
    var forms: [String] = [""]
    var spaces = 0
    for character in self {
      if character == " " {
        spaces += 1
        continue
      }
      if spaces > 1 { forms.append("") } else if spaces == 1 { forms[forms.count - 1] += " " }
      spaces = 0
      forms[forms.count - 1].append(character)
    }
    return forms
  }

  /// Words replaced by others.
  fileprivate func replacing(_ words: [String: String]) -> String {
    var result = ""
    var word = ""
    for character in self + " " {
      if character.isLetter {
        word.append(character)
      } else {
        result += (words[word] ?? word) + String(character)
        word = ""
      }
    }
    return String(result.dropLast())
  }
}
