/// Whom a client believes by TLS, and as whom it comes.
public struct TLSClientOptions: Sendable {
  /// Whose certificates are believed.
  public var trust: TLSContext.Trust
  /// The certificate to show when the server asks for one.
  public var identity: ClientIdentity?
  /// The name, or the IP address, that the server is asked for (SNI, RFC 6066 section 3) and that its
  /// certificate must be for; nil for the host that is connected to.
  public var serverName: String?
  /// Keys of which the server's must be one, whatever ``trust`` says; empty for any key.
  public var pins: [CertificatePin] = []
  /// A file to which the secrets of each connection are appended, as `SSLKEYLOGFILE` names it for
  /// browsers: who reads it can read the connections. A new file is for its owner alone.
  public var keyLogFile: String?

  /// Options that trust the system's roots, where nothing else is said.
  public init(trust: TLSContext.Trust = .system) {
    self.trust = trust
  }
}

/// A client's certificate and its key, in files.
public struct ClientIdentity: Hashable, Sendable {
  /// A PEM file with the certificate, followed by those that vouch for it; or a PKCS#12 file.
  public var certificateFile: String
  /// A PEM file with the key; nil where it is in ``certificateFile``.
  public var keyFile: String?
  /// What the key, or the PKCS#12 file, is encrypted with.
  public var password: Passphrase?

  /// Names the files, which are read when a context is made of them.
  public init(certificateFile: String, keyFile: String? = nil, password: Passphrase? = nil) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.password = password
  }
}

/// A password that shows up in no dump and no message: only ``text`` gives it away.
public struct Passphrase: Hashable, Sendable {
  /// The password itself.
  public let text: String

  /// Takes a password into custody.
  public init(_ text: String) {
    self.text = text
  }
}

extension Passphrase: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always the same, whatever the password is.
  public var description: String { "[secret]" }
  /// Always the same, whatever the password is.
  public var debugDescription: String { description }
  /// Shows nothing of the password.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
