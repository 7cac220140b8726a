import JSONText
import Transport

extension Failure {
  init(_ error: TLSError) {
    let (code, hint) = Self.codeAndHint(error)
    self.init(code: code, layer: .tls, message: error.description, hint: hint, exit: .unavailable)
    switch error {
    case .wrongHost(_, let names):
      facts = [JSONMember(name: "validFor", value: .array(names.map(JSONValue.string)))]
    case .pinMismatch(let shown?):
      facts = [JSONMember(name: "pin", value: .string(shown.description))]
    case .unusableFile(let path, _):
      layer = .config
      self.exit = fileExists(path) ? .configuration : .noInput
    case .passwordRequired, .wrongPassword, .outdatedEncryption, .keyDoesNotFit:
      layer = .config
      self.exit = .configuration
    case .invalidServerName:
      layer = .usage
      self.exit = .usage
    case .keyLogFailed:
      layer = .io
      self.exit = .inputOutput
    default: break
    }
  }

  private static func codeAndHint(_ error: TLSError) -> (code: String, hint: String?) {
    switch error {
    case .certificateExpired: ("certificate_expired", nil)
    case .certificateNotYetValid:
      ("certificate_not_yet_valid", "check the clock of this machine")
    case .wrongHost: ("wrong_host", "use one of the names that the certificate is for")
    case .unknownIssuer:
      ("unknown_issuer", "--cacert FILE trusts the issuer's certificate")
    case .selfSigned: ("self_signed", "--cacert FILE trusts it")
    case .certificateRefused: ("certificate_refused", nil)
    case .pinMismatch:
      (
        "pin_mismatch",
        "if the server has a new key, and it is the server's, add it with --pin; else somebody is in "
          + "between"
      )
    case .clientCertificateRequired:
      ("client_certificate_required", "--cert FILE, and --cert-key FILE where the key is apart")
    case .clientCertificateRefused:
      (
        "client_certificate_refused",
        "is it valid now, and issued by whom the server trusts? Its file must hold the whole chain"
      )
    case .protocolMismatch: ("protocol_mismatch", "TLS 1.2 at least is required")
    case .peerSpeaksPlainText:
      ("plain_text", "use http:// or ws:// if that is what the server offers")
    case .alert: ("tls_alert", nil)
    case .unusableFile: ("unusable_file", nil)
    case .passwordRequired:
      ("key_password_required", "--cert-password-file FILE, or INSTCTL_CERT_PASSWORD")
    case .wrongPassword: ("wrong_key_password", nil)
    case .outdatedEncryption:
      (
        "outdated_key_encryption",
        "'openssl pkcs12 -legacy' reads old PKCS#12 files, and 'openssl pkcs8 -topk8' old keys, to write "
          + "them anew"
      )
    case .keyDoesNotFit: ("key_does_not_fit", nil)
    case .keyLogFailed: ("key_log_failed", "SSLKEYLOGFILE names the file")
    case .invalidServerName: ("invalid_server_name", "--servername NAME names another")
    case .failed: ("tls_failed", nil)
    }
  }
}
