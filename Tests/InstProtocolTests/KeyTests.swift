import InstProtocol
import JSONText
import Testing

@Suite struct KeyTests {
  private let keyText =
    "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="

  @Test func tokenOfKnownKey() throws {
    let key = try ConnectionKey(parsing: keyText)
    #expect(key.userID == "user1")
    #expect(key.sessionID == "session1")
    #expect(key.expiry == .never)
    #expect(key.formatted == keyText)

    let token = try key.makeToken(connectionID: "conn-1", recordName: "rec", inst: "inst/1")
    #expect(
      token.hash.text == "ca3b641e26483cd5f60da28b40399b71ffb689efdefa0075ecae17e7ebaf7c0b")
    #expect(try token.isSigned(with: key.secret))
    #expect(try ConnectionToken(parsing: token.formatted) == token)

    var forged = token
    forged.inst = "other"
    #expect(try !forged.isSigned(with: key.secret))
    forged = token
    forged.hash = Secret(String(token.hash.text.dropLast()))
    #expect(try !forged.isSigned(with: key.secret))
  }

  @Test func publicInstHasNoRecord() throws {
    let key = try ConnectionKey(parsing: keyText)
    let token = try key.makeToken(connectionID: "c", recordName: nil, inst: "i")
    #expect(token.formatted.contains(".."))
    #expect(try ConnectionToken(parsing: token.formatted).recordName == nil)
    #expect(try token.isSigned(with: key.secret))
  }

  /// Every token that clients have sent in the recordings comes back as it was.
  @Test func recordedTokens() throws {
    var count = 0
    for exchange in try Exchange.all() {
      for step in exchange.steps where step.isFrame && step.isSent {
        guard let text = step.text, let frame = try? JSONValue(parsing: text),
          let token = frame[2]?["connectionToken"]?.stringValue, token.hasPrefix("vCT1")
        else { continue }
        #expect(try ConnectionToken(parsing: token).formatted == token, "\(exchange.name)")
        count += 1
      }
    }
    #expect(count >= 5)
  }

  @Test func sessionKey() throws {
    let key = SessionKey(
      userID: "u.1", sessionID: "s", secret: Secret("x"), expiry: .at(milliseconds: 12))
    #expect(key.formatted == "vSK1.dS4x.cw==.eA==.MTI=")
    #expect(try SessionKey(parsing: key.formatted) == key)
  }

  @Test(arguments: [
    "vRK1.cmVj.c2VjcmV0", "vRK2.cmVj.c2VjcmV0.subjectfull", "vRK2.cmVj.c2VjcmV0.subjectless",
    "vRK2.dGVzdFJlY29yZA==.TVA2M3NobzNjVW5Rek51Zk5sTTdGQT09.subjectfull",
  ])
  func recordKeys(text: String) throws {
    let key = try RecordKey(parsing: text)
    #expect(key.formatted == text)
    #expect(["rec", "testRecord"].contains(key.recordName))
  }

  @Test(arguments: [
    ("", KeyError.wrongPrefix(expected: "vCK1")),
    ("vSK1.a.b.c.d", .wrongPrefix(expected: "vCK1")),
    ("vCK1.dXNlcjE=", .wrongPartCount(expected: 5, found: 2)),
    ("vCK1.user1.c2Vzc2lvbjE=.eA==.SW5maW5pdHk=", .undecodablePart(name: "user id")),
    ("vCK1.dXNlcjE=.c2Vzc2lvbjE=./w==.SW5maW5pdHk=", .undecodablePart(name: "secret")),
    ("vCK1.dXNlcjE=.c2Vzc2lvbjE=.eA==.c29vbg==", .invalidExpiry),
  ])
  func brokenKeys(text: String, error: KeyError) {
    #expect(throws: error) { try ConnectionKey(parsing: text) }
  }

  @Test func brokenTokensAndRecordKeys() {
    #expect(throws: KeyError.wrongPrefix(expected: "vCT1")) {
      try ConnectionToken(parsing: "wrong token")
    }
    let neither = KeyError.wrongPrefix(expected: "vRK1 or vRK2")
    #expect(neither.description == "it does not begin with vRK1 or vRK2 and a dot")
    for text in ["", "x", "vRK3.cmVj.eA=="] {
      #expect(throws: neither) { try RecordKey(parsing: text) }
    }
    #expect(throws: KeyError.invalidPolicy) { try RecordKey(parsing: "vRK2.cmVj.eA==.whatever") }
    #expect(throws: KeyError.wrongPartCount(expected: 3, found: 4)) {
      try RecordKey(parsing: "vRK1.cmVj.eA==.subjectfull")
    }
    let key = ConnectionKey(userID: "u", sessionID: "s", secret: Secret("?"), expiry: .never)
    #expect(throws: KeyError.unusableSecret) {
      try key.makeToken(connectionID: "c", recordName: nil, inst: "i")
    }
  }

  @Test func expiry() {
    #expect(KeyExpiry("Infinity") == .never)
    #expect(KeyExpiry("1000") == .at(milliseconds: 1_000))
    #expect(KeyExpiry("1e3") == nil)
    #expect(KeyExpiry("99999999999999999999") == nil)
    #expect(!KeyExpiry.never.isExpired(atMilliseconds: .max))
    #expect(!KeyExpiry.at(milliseconds: 1_000).isExpired(atMilliseconds: 999))
    #expect(KeyExpiry.at(milliseconds: 1_000).isExpired(atMilliseconds: 1_000))
  }

  /// Whatever prints a value, the secret in it stays hidden.
  @Test func secretsStayHidden() throws {
    let key = try ConnectionKey(parsing: keyText)
    let token = try key.makeToken(connectionID: "c", recordName: nil, inst: "i")
    let login = Login(connectionToken: Secret(token.formatted))
    for value: Any in [key, token, login, ClientMessage.login(login), key.secret] {
      var dumped = ""
      dump(value, to: &dumped)
      for text in ["\(value)", String(reflecting: value), dumped] {
        #expect(!text.contains(key.secret.text))
        #expect(!text.contains(token.hash.text))
      }
    }
  }
}
