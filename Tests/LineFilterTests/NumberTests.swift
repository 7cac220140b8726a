import Testing

@testable import LineFilter

/// Numbers are compared by what they are worth (RFC 8259 section 6 sets no limit to them).
@Suite struct NumberTests {
  private func order(_ a: String, _ b: String) -> Order {
    Array(a.utf8).withUnsafeBytes { a in
      Array(b.utf8).withUnsafeBytes { b in Decimal(a).order(Decimal(b)) }
    }
  }

  /// In ascending order; those of one row are the same.
  private static let rows = [
    ["-1e400"], ["-9007199254740993"], ["-9007199254740992.5"], ["-9007199254740992"],
    ["-10.5", "-1.05e1", "-105E-1"], ["-10"], ["-1", "-1.0", "-0.1e1", "-10e-1"], ["-1e-400"],
    ["0", "-0", "0.0", "0e5", "-0.000E-9"], ["1e-400"], ["0.05", "5e-2", "0.0500"],
    ["0.5", "5e-1", "0.50"], ["1", "1.000", "100e-2", "0.01e2"], ["1.05"],
    ["1.0500000000000000000000000001"], ["10", "1e1", "1E+1", "0.1e+2"], ["100", "1e2"], ["100.01"],
    ["9007199254740992"], ["9007199254740993", "9007199254740993.0", "9.007199254740993e15"],
    ["18446744073709551616"], ["18446744073709551617"], ["1e400", "10e399", "0.1e401"], ["2e400"],
    ["1e999999999999999999999"],
  ]

  @Test func orderAndEquality() {
    for (i, row) in Self.rows.enumerated() {
      for (j, other) in Self.rows.enumerated() {
        for a in row {
          for b in other {
            #expect(order(a, b) == (i < j ? .less : i == j ? .equal : .greater), "\(a), \(b)")
          }
        }
      }
    }
  }
}
