import Testing

@testable import WebSocket

@Suite struct NegotiationTests {
  // MARK: The client's offer

  @Test func offers() {
    #expect(DeflateOffer().headerValue == "permessage-deflate; client_max_window_bits")
    #expect(DeflateOffer(clientMaxWindowBits: nil).headerValue == "permessage-deflate")
    let all = DeflateOffer(
      serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10,
      clientMaxWindowBits: 9)
    #expect(
      all.headerValue == "permessage-deflate; server_no_context_takeover; "
        + "client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9")
  }

  static let usual = DeflateOffer()
  static let bare = DeflateOffer(clientMaxWindowBits: nil)
  static let demanding = DeflateOffer(
    serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10,
    clientMaxWindowBits: 11)

  static let accepted: [(DeflateOffer, String, DeflateParameters)] = [
    (usual, "permessage-deflate", DeflateParameters()),
    (usual, "Permessage-Deflate ;", DeflateParameters()),
    (
      usual, "permessage-deflate; server_no_context_takeover",
      DeflateParameters(serverNoContextTakeover: true)
    ),
    (
      bare, "permessage-deflate;client_no_context_takeover",
      DeflateParameters(clientNoContextTakeover: true)
    ),
    (
      bare, "permessage-deflate; server_max_window_bits=8",
      DeflateParameters(serverMaxWindowBits: 8)
    ),
    (
      usual, "permessage-deflate ; client_max_window_bits = 9",
      DeflateParameters(clientMaxWindowBits: 9)
    ),
    (
      usual, "permessage-deflate; client_max_window_bits=\"10\"",
      DeflateParameters(clientMaxWindowBits: 10)
    ),
    (
      usual, ", permessage-deflate; server_max_window_bits=\"1\\2\" ,,",
      DeflateParameters(serverMaxWindowBits: 12)
    ),
    (
      usual, "permessage-deflate; client_max_window_bits=8",
      DeflateParameters(clientMaxWindowBits: 8)
    ),
    (
      demanding,
      "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=15",
      DeflateParameters(
        serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9,
        clientMaxWindowBits: 11)
    ),
  ]

  @Test func acceptsAnswers() throws {
    for (offer, value, expected) in Self.accepted.filter({ !$0.1.hasSuffix(";") }) {
      let elements = try #require(ExtensionElement.parse([value]), "\(value)")
      let parameters = try offer.accept(try #require(elements.first))
      #expect(parameters == expected, "\(value)")
    }
  }

  @Test(arguments: [
    (usual, "permessage-deflate; unknown"),
    (usual, "permessage-deflate; server_no_context_takeover=1"),
    (usual, "permessage-deflate; client_no_context_takeover=true"),
    (usual, "permessage-deflate; server_no_context_takeover; server_no_context_takeover"),
    (usual, "permessage-deflate; server_max_window_bits"),
    (usual, "permessage-deflate; server_max_window_bits=7"),
    (usual, "permessage-deflate; server_max_window_bits=16"),
    (usual, "permessage-deflate; server_max_window_bits=08"),
    (usual, "permessage-deflate; server_max_window_bits=+9"),
    (usual, "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10"),
    (usual, "permessage-deflate; client_max_window_bits"),
    (usual, "permessage-deflate; client_max_window_bits=99999999999999999999"),
    (bare, "permessage-deflate; client_max_window_bits=15"),
    (demanding, "permessage-deflate; server_max_window_bits=10"),
    (demanding, "permessage-deflate; server_no_context_takeover"),
    (demanding, "permessage-deflate; server_no_context_takeover; server_max_window_bits=11"),
  ])
  func refusesAnswers(offer: DeflateOffer, value: String) throws {
    let element = try #require(ExtensionElement.parse([value])?.first)
    let refusal = #expect(throws: HandshakeError.self) { try offer.accept(element) }
    guard case .invalidDeflateResponse? = refusal else {
      Issue.record("\(value): \(String(describing: refusal))")
      return
    }
  }

  // MARK: The grammar of extensions

  @Test func listsAreJoined() {
    #expect(
      ExtensionElement.parse(["a; b=1 ; c", "d, e;f=\"g\""]) == [
        ExtensionElement(
          name: "a", parameters: [.init(name: "b", value: "1"), .init(name: "c", value: nil)]),
        ExtensionElement(name: "d"),
        ExtensionElement(name: "e", parameters: [.init(name: "f", value: "g")]),
      ])
    #expect(ExtensionElement.parse([]) == [])
    #expect(ExtensionElement.parse(["", " , "]) == [])
  }

  @Test(arguments: [
    "a;", "a b", "a;=1", "a; b=", "a; b=\"", "a; b=\"\"", "a; b=\"c", "a; b=\"c d\"", "a; b=\"\\",
    "a; b==c", ";a", "=a", "a/b", "a; b=\"1\"2",
  ])
  func badListsAreRefused(_ value: String) {
    #expect(ExtensionElement.parse([value]) == nil)
  }

  // MARK: The server's answer

  static let grants: [(String, DeflatePolicy, String?)] = [
    ("permessage-deflate", DeflatePolicy(), "permessage-deflate"),
    ("permessage-deflate; client_max_window_bits", DeflatePolicy(), "permessage-deflate"),
    (
      "permessage-deflate; client_max_window_bits=9", DeflatePolicy(),
      "permessage-deflate; client_max_window_bits=9"
    ),
    (
      "permessage-deflate; client_max_window_bits", DeflatePolicy(clientMaxWindowBits: 11),
      "permessage-deflate; client_max_window_bits=11"
    ),
    ("permessage-deflate", DeflatePolicy(clientMaxWindowBits: 11), "permessage-deflate"),
    (
      "permessage-deflate; server_max_window_bits=10", DeflatePolicy(),
      "permessage-deflate; server_max_window_bits=10"
    ),
    (
      "permessage-deflate; server_max_window_bits=15", DeflatePolicy(),
      "permessage-deflate; server_max_window_bits=15"
    ),
    (
      "permessage-deflate; server_max_window_bits=12", DeflatePolicy(serverMaxWindowBits: 11),
      "permessage-deflate; server_max_window_bits=11"
    ),
    (
      "permessage-deflate; server_max_window_bits=8", DeflatePolicy(),
      "permessage-deflate; server_max_window_bits=8"
    ),
    (
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      DeflatePolicy(),
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    ),
    (
      "permessage-deflate",
      DeflatePolicy(serverNoContextTakeover: true, clientNoContextTakeover: true),
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    ),
    ("x-webkit-deflate-frame, permessage-deflate", DeflatePolicy(), "permessage-deflate"),
    (
      "permessage-deflate; unknown, permessage-deflate; server_max_window_bits=16, "
        + "permessage-deflate; server_max_window_bits=9",
      DeflatePolicy(), "permessage-deflate; server_max_window_bits=9"
    ),
    (
      "permessage-deflate; server_max_window_bits=\"9\", permessage-deflate", DeflatePolicy(),
      "permessage-deflate; server_max_window_bits=9"
    ),
    ("permessage-deflate; server_max_window_bits", DeflatePolicy(), nil),
    ("permessage-deflate; server_no_context_takeover=0", DeflatePolicy(), nil),
    ("permessage-deflate; client_max_window_bits=10; client_max_window_bits", DeflatePolicy(), nil),
    ("permessage-bzip2", DeflatePolicy(), nil),
  ]

  @Test func grantsTheFirstOfferThatItCan() throws {
    for (offer, policy, expected) in Self.grants {
      let elements = try #require(ExtensionElement.parse([offer]), "\(offer)")
      let answer = policy.answer(elements)
      #expect(answer?.headerValue == expected, "\(offer)")
    }
  }

  /// Whatever the server grants, the client that asked for it accepts with the same parameters.
  @Test func bothEndsAgree() throws {
    let bits: [Int?] = [nil, 8, 9, 12, 15]
    for serverBits in bits {
      for clientBits in bits {
        for flags in 0..<4 {
          for policy in [
            DeflatePolicy(), DeflatePolicy(serverNoContextTakeover: true, serverMaxWindowBits: 10),
            DeflatePolicy(clientNoContextTakeover: true, clientMaxWindowBits: 10),
          ] {
            let offer = DeflateOffer(
              serverNoContextTakeover: flags & 1 != 0, clientNoContextTakeover: flags & 2 != 0,
              serverMaxWindowBits: serverBits, clientMaxWindowBits: clientBits)
            let elements = try #require(ExtensionElement.parse([offer.headerValue]))
            let answer = try #require(policy.answer(elements))
            let answered = try #require(ExtensionElement.parse([answer.headerValue])?.first)
            #expect(try offer.accept(answered) == answer.parameters, "\(offer.headerValue)")
          }
        }
      }
    }
  }
}
