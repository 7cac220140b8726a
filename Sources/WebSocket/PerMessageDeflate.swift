/// What both ends agreed on for permessage-deflate (RFC 7692, section 7.1).
///
/// A window of 8 bits for what this end sends means that it sends nothing compressed: zlib cannot
/// compress with less than 9. What the other end compressed with 8 is read.
public struct DeflateParameters: Hashable, Sendable {
  /// The server starts each message with an empty window (section 7.1.1.1).
  public var serverNoContextTakeover: Bool
  /// The client starts each message with an empty window (section 7.1.1.2).
  public var clientNoContextTakeover: Bool
  /// The base-2 logarithm of the server's window, 8 to 15 (section 7.1.2.1).
  public var serverMaxWindowBits: Int
  /// The base-2 logarithm of the client's window, 8 to 15 (section 7.1.2.2).
  public var clientMaxWindowBits: Int

  /// The parameters; the defaults are those of an answer that names none.
  public init(
    serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false,
    serverMaxWindowBits: Int = 15, clientMaxWindowBits: Int = 15
  ) {
    self.serverNoContextTakeover = serverNoContextTakeover
    self.clientNoContextTakeover = clientNoContextTakeover
    self.serverMaxWindowBits = serverMaxWindowBits
    self.clientMaxWindowBits = clientMaxWindowBits
  }
}

/// What a client asks for (RFC 7692, section 7.1).
public struct DeflateOffer: Hashable, Sendable {
  /// Asks the server to start each message with an empty window; an answer without it is refused.
  public var serverNoContextTakeover: Bool
  /// Says that the client will start each message with an empty window.
  public var clientNoContextTakeover: Bool
  /// Asks the server for a window of at most so many bits, 8 to 15; nil to leave it alone.
  public var serverMaxWindowBits: Int?
  /// Lets the server limit the client's window, and says that it will have at most so many bits,
  /// 8 to 15; nil forbids the server to limit it.
  public var clientMaxWindowBits: Int?

  /// The usual offer: context takeover, full windows, and the server may limit the client's.
  public init(
    serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false,
    serverMaxWindowBits: Int? = nil, clientMaxWindowBits: Int? = 15
  ) {
    self.serverNoContextTakeover = serverNoContextTakeover
    self.clientNoContextTakeover = clientNoContextTakeover
    self.serverMaxWindowBits = serverMaxWindowBits
    self.clientMaxWindowBits = clientMaxWindowBits
  }

  /// The offer as an element of `Sec-WebSocket-Extensions`.
  var headerValue: String {
    var value = PerMessageDeflate.name
    if serverNoContextTakeover { value += "; server_no_context_takeover" }
    if clientNoContextTakeover { value += "; client_no_context_takeover" }
    if let bits = serverMaxWindowBits { value += "; server_max_window_bits=\(bits)" }
    if let bits = clientMaxWindowBits {
      value += bits == 15 ? "; client_max_window_bits" : "; client_max_window_bits=\(bits)"
    }
    return value
  }

  /// Whether every window is one that can be asked for.
  var isValid: Bool {
    [serverMaxWindowBits, clientMaxWindowBits].allSatisfy { $0.map { 8...15 ~= $0 } ?? true }
  }

  /// What the server's answer means for this offer; throws where RFC 7692 forbids the answer.
  func accept(_ answer: ExtensionElement) throws(HandshakeError) -> DeflateParameters {
    let found: PerMessageDeflate.Parameters
    do throws(PerMessageDeflate.Fault) {
      found = try PerMessageDeflate.Parameters(answer)
    } catch {
      throw .invalidDeflateResponse(error.reason)
    }
    if serverNoContextTakeover, !found.serverNoContextTakeover {
      throw .invalidDeflateResponse("server_no_context_takeover was asked for and not granted")
    }
    if let asked = serverMaxWindowBits, (found.serverMaxWindowBits ?? 15) > asked {
      throw .invalidDeflateResponse("server_max_window_bits=\(asked) was asked for and not granted")
    }
    switch found.clientMaxWindowBits {
    case .absent: break
    case .withoutValue: throw .invalidDeflateResponse("client_max_window_bits without a value")
    case .bits:
      guard clientMaxWindowBits != nil else {
        throw .invalidDeflateResponse("client_max_window_bits was not offered")
      }
    }
    return DeflateParameters(
      serverNoContextTakeover: found.serverNoContextTakeover,
      clientNoContextTakeover: clientNoContextTakeover || found.clientNoContextTakeover,
      serverMaxWindowBits: found.serverMaxWindowBits ?? 15,
      clientMaxWindowBits: min(found.clientMaxWindowBits.limit, clientMaxWindowBits ?? 15))
  }
}

/// What a server grants, and what it insists on.
public struct DeflatePolicy: Hashable, Sendable {
  /// The server starts each message with an empty window, asked or not.
  public var serverNoContextTakeover: Bool
  /// The server tells the client to start each message with an empty window.
  public var clientNoContextTakeover: Bool
  /// The server's own window in bits, 9 to 15.
  public var serverMaxWindowBits: Int
  /// The client's window in bits, 8 to 15, where the client lets the server choose.
  public var clientMaxWindowBits: Int

  /// The usual policy: context takeover and full windows, unless the client asks for less.
  public init(
    serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false,
    serverMaxWindowBits: Int = 15, clientMaxWindowBits: Int = 15
  ) {
    self.serverNoContextTakeover = serverNoContextTakeover
    self.clientNoContextTakeover = clientNoContextTakeover
    self.serverMaxWindowBits = min(max(serverMaxWindowBits, 9), 15)
    self.clientMaxWindowBits = min(max(clientMaxWindowBits, 8), 15)
  }

  /// Grants the first of the client's offers that can be granted; nil if there is none.
  func answer(
    _ offers: [ExtensionElement]
  ) -> (headerValue: String, parameters: DeflateParameters)? {
    for offer in offers where PerMessageDeflate.isNamed(offer) {
      if let asked = try? PerMessageDeflate.Parameters(offer) { return grant(asked) }
    }
    return nil
  }

  private func grant(
    _ asked: PerMessageDeflate.Parameters
  ) -> (headerValue: String, parameters: DeflateParameters) {
    let parameters = DeflateParameters(
      serverNoContextTakeover: asked.serverNoContextTakeover || serverNoContextTakeover,
      clientNoContextTakeover: asked.clientNoContextTakeover || clientNoContextTakeover,
      serverMaxWindowBits: min(asked.serverMaxWindowBits ?? 15, serverMaxWindowBits),
      clientMaxWindowBits: asked.clientMaxWindowBits == .absent
        ? 15 : min(asked.clientMaxWindowBits.limit, clientMaxWindowBits))
    var value = PerMessageDeflate.name
    if parameters.serverNoContextTakeover { value += "; server_no_context_takeover" }
    if parameters.clientNoContextTakeover { value += "; client_no_context_takeover" }
    if asked.serverMaxWindowBits != nil || parameters.serverMaxWindowBits < 15 {
      value += "; server_max_window_bits=\(parameters.serverMaxWindowBits)"
    }
    if parameters.clientMaxWindowBits < 15 {
      value += "; client_max_window_bits=\(parameters.clientMaxWindowBits)"
    }
    return (value, parameters)
  }
}

/// The extension's name, and its parameters as they stand in a header.
enum PerMessageDeflate {
  static let name = "permessage-deflate"

  static func isNamed(_ element: ExtensionElement) -> Bool {
    ASCII.lowercased(element.name) == name
  }

  /// Why parameters are not valid.
  struct Fault: Error {
    var reason: String
  }

  /// `client_max_window_bits` has no value in most offers.
  enum WindowLimit: Equatable {
    case absent
    case withoutValue
    case bits(Int)

    var limit: Int {
      if case .bits(let bits) = self { bits } else { 15 }
    }
  }

  /// Valid parameters: each known, with a value of its kind, and at most once (section 7.1).
  struct Parameters {
    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverMaxWindowBits: Int?
    var clientMaxWindowBits = WindowLimit.absent

    init(_ element: ExtensionElement) throws(Fault) {
      var seen: Set<String> = []
      for parameter in element.parameters {
        guard seen.insert(parameter.name).inserted else {
          throw Fault(reason: "\(parameter.name) stands there twice")
        }
        switch parameter.name {
        case "server_no_context_takeover":
          try Self.checkNoValue(parameter)
          serverNoContextTakeover = true
        case "client_no_context_takeover":
          try Self.checkNoValue(parameter)
          clientNoContextTakeover = true
        case "server_max_window_bits":
          serverMaxWindowBits = try Self.windowBits(parameter)
        case "client_max_window_bits":
          clientMaxWindowBits =
            parameter.value == nil ? .withoutValue : .bits(try Self.windowBits(parameter))
        default:
          throw Fault(reason: "unknown parameter \(parameter.name)")
        }
      }
    }

    private static func checkNoValue(_ parameter: ExtensionElement.Parameter) throws(Fault) {
      if let value = parameter.value {
        throw Fault(reason: "\(parameter.name) has a value, \(value)")
      }
    }

    /// A decimal number from 8 to 15 without leading zeros.
    private static func windowBits(_ parameter: ExtensionElement.Parameter) throws(Fault) -> Int {
      for bits in 8...15 where parameter.value == String(bits) {
        return bits
      }
      let value = parameter.value.map { "is \($0)" } ?? "has no value"
      throw Fault(reason: "\(parameter.name) \(value), not a number from 8 to 15")
    }
  }
}
