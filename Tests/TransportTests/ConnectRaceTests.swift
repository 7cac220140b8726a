import Testing

@testable import Transport

struct ConnectRaceTests {
  /// RFC 8305 section 4, with First Address Family Count 1.
  @Test(arguments: [
    ("", ""),
    ("a", "a"),
    ("A", "A"),
    ("ab", "ab"),
    ("AB", "AB"),
    ("Aa", "Aa"),
    ("aA", "aA"),
    ("ABab", "AaBb"),
    ("abAB", "aAbB"),
    ("ABCa", "AaBC"),
    ("Aabc", "Aabc"),
    ("aABC", "aABC"),
    ("AaBbC", "AaBbC"),
  ])
  func familiesTakeTurns(resolved: String, tried: String) throws {
    let result = ConnectRace.interleaved(try resolved.map(address))
    #expect(result == (try tried.map(address)))
  }

  /// Capitals stand for IPv6, small letters for IPv4.
  private func address(_ letter: Character) throws -> SocketAddress {
    let code = try #require(letter.asciiValue)
    let literal = letter.isUppercase ? "2001:db8::\(code)" : "192.0.2.\(code)"
    return try #require(SocketAddress(literal: literal, port: 80))
  }
}
