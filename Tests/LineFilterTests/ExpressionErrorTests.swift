import LineFilter
import Testing

/// What is said of expressions that are none, and at which column.
@Suite struct ExpressionErrorTests {
  static let cases: [(String, Int, String)] = [
    ("", 1, "the expression is empty"),
    ("   ", 4, "the expression is empty"),
    (".a ==", 6, "a value is missing behind =="),
    (".a == ", 7, "a value is missing behind =="),
    (".a = 1", 4, "a comparison is written =="),
    (".a == 1 .b", 9, "and, or, or the end should be here, not ."),
    (".a == 1)", 8, "and, or, or the end should be here, not )"),
    ("(.a == 1", 1, "nothing closes this ("),
    (".b and (.a == 1", 8, "nothing closes this ("),
    ("has(.a", 4, "nothing closes this ("),
    ("has .a", 5, "( should be here, not ."),
    ("has(a)", 5, "a path begins with a dot, such as .type"),
    ("has()", 5, "a path begins with a dot, such as .type"),
    ("has(", 5, "a path is missing, such as .type"),
    ("type == \"x\"", 6, "( should be here, not ="),
    ("kind == \"x\"", 1, "kind means nothing here; a field is written .kind"),
    ("café", 1, "café means nothing here; a field is written .café"),
    (".a == x", 7, "x means nothing here; a field is written .x"),
    (".a == 'x'", 7, "strings stand in double quotes"),
    (".a == \"x", 7, "nothing closes this string"),
    (".a == \"\\d\"", 8, "\\d is no escape of a string; a backslash is written \\\\"),
    (".a == \"\\", 8, "the expression ends inside a string"),
    (".a == \"\\u12\"", 8, "\\u wants four hexadecimal digits"),
    (".a == \"\\ud800\"", 8, "half a surrogate pair is no character"),
    (".a == \"\\udc00\"", 8, "half a surrogate pair is no character"),
    (".a == \"\\ud800\\u0041\"", 8, "half a surrogate pair is no character"),
    (".a == 01", 7, "01 is no number"),
    (".a == 1.", 7, "1. is no number"),
    (".a == -", 7, "- is no number"),
    (".a == 1x", 7, "1x is no number"),
    ("5", 1, "a value alone is no condition: compare it with something"),
    ("\"x\"", 1, "a value alone is no condition: compare it with something"),
    ("length(.a)", 1, "a value alone is no condition: compare it with something"),
    (".a and", 7, "a value is missing"),
    (".a and or .b", 8, "or means nothing here; a field is written .or"),
    ("not", 4, "a value is missing"),
    ("..a", 2, "a name is missing between the dots"),
    (".a..b", 4, "a name is missing behind the dot"),
    (".a.", 4, "a name is missing behind the dot"),
    (".\"a\"", 2, "an odd name is written .[\"name\"]"),
    (".a.0", 4, "a name begins with no digit; an element is written [0], an odd name [\"0\"]"),
    (".0", 2, "a name begins with no digit; an element is written [0], an odd name [\"0\"]"),
    (".a[", 3, "nothing closes this ["),
    (".a[0", 3, "nothing closes this ["),
    (".a[0x]", 5, "] should be here, not x"),
    (".a[x]", 4, "a number, a string or ] should be here, not x"),
    (".a[99999999999999999999]", 4, "this is no index"),
    (".a[-]", 4, "this is no index"),
    (".a =~ x", 7, "a pattern, /…/ or a string should be here, not x"),
    (".a =~", 6, "the expression ends where a pattern, /…/ or a string should be"),
    (".a =~ /x", 7, "nothing closes this pattern"),
    (".a =~ /x\\/", 7, "nothing closes this pattern"),
    (".a =~ /x/q", 10, "q is no flag of a pattern; i, m and s are"),
    ("5 =~ /x/", 1, "a pattern is for a string"),
    ("contains(.a)", 12, "a comma should be here, not )"),
    ("contains(.a, )", 14, "a value should be here, not )"),
    ("startswith(.a, \"b\"", 11, "nothing closes this ("),
    (".a \u{7}", 4, "and, or, or the end should be here, not U+0007"),
    // Columns are those of characters.
    (".é == \"日本\" x", 12, "and, or, or the end should be here, not x"),
    // Patterns.
    (".a =~ /(x/", 8, "nothing closes this ("),
    (".a =~ /x)/", 9, "this ) closes nothing"),
    (".a =~ /[x/", 8, "nothing closes this ["),
    (".a =~ /[]/", 8, "nothing closes this ["),
    (".a =~ /[z-a]/", 9, "the range ends before it begins"),
    (".a =~ /[a-\\d]/", 9, "a class cannot end a range"),
    (".a =~ /[[:alpha:]]/", 9, "classes with names are not supported; \\d, \\w and \\s are"),
    (".a =~ /*/", 8, "there is nothing to repeat"),
    (".a =~ /x|+/", 10, "there is nothing to repeat"),
    (".a =~ /^*/", 9, "there is nothing to repeat"),
    (".a =~ /x**/", 10, "what is repeated is repeated already"),
    (".a =~ /x*+/", 10, "possessive repetition is not supported"),
    (".a =~ /x{/", 9, "a brace wants {m}, {m,} or {m,n}; else \\{"),
    (".a =~ /x{2,1}/", 9, "the first number is the greater one"),
    (".a =~ /x{1001}/", 9, "more than 1000 times is not supported"),
    (".a =~ /x{99999999999999999999}/", 9, "more than 1000 times is not supported"),
    (".a =~ /(x{1000}){1000}/", 8, "the pattern is too large"),
    (".a =~ /(?=x)/", 8, "of groups that begin with ? only (?:…) is supported"),
    (".a =~ /(x)\\1/", 11, "references to groups are not supported"),
    (".a =~ /\\q/", 8, "\\q means nothing in a pattern"),
    (".a =~ /\\x4/", 8, "2 hexadecimal digits of a character should follow"),
    (".a =~ /\\ud800/", 8, "4 hexadecimal digits of a character should follow"),
    (".a =~ \"(x\"", 8, "nothing closes this ("),
    // An escape of the string is one character of the pattern.
    (".a =~ \"\\\\d\\u0029\"", 11, "this ) closes nothing"),
  ]

  @Test(arguments: cases) func says(expression: String, column: Int, message: String) throws {
    #expect(throws: ExpressionError(message, column: column, in: expression)) {
      _ = try LineExpression(expression)
    }
  }

  @Test func nestingHasALimit() throws {
    for opening in ["(", "not ", "!", "not("] {
      let text = String(repeating: opening, count: 100_000) + "true"
      let error = try #require(throws: ExpressionError.self) { _ = try LineExpression(text) }
      #expect(error.message == "nested deeper than 100 levels")
    }
    let groups = String(repeating: "(", count: 100_000)
    let error = try #require(throws: ExpressionError.self) {
      _ = try LineExpression(".a =~ /\(groups)/")
    }
    #expect(error.message == "nested deeper than 50 groups")
    // A long chain is no nesting.
    let chain = repeatElement("true", count: 10_000).joined(separator: " and ")
    #expect(try judge(chain, "{}"))
  }

  @Test(arguments: [
    ("", 1), ("type", 1), (".a b", 4), (".a[]x", 5), (".a == 1", 4), (".a.", 4), (".[", 2),
  ])
  func paths(path: String, column: Int) throws {
    let error = try #require(throws: ExpressionError.self) { _ = try ValuePath(path) }
    #expect(error.column == column)
  }
}
