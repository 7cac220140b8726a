import InstProtocol

extension Settings {
  static let recordKeyVariable = "INSTCTL_RECORD_KEY"
  static let sessionKeyVariable = "INSTCTL_SESSION_KEY"

  /// The text in a file that an option names, else in a variable, else in a file that the environment or the
  /// profile names; with its place, for people.
  private func secret(
    _ file: Sourced<String>?, variable: String
  ) throws(Failure) -> (text: String, place: String)? {
    if let file, file.source == .option { return (try Secrets.read(file: file.value), file.value) }
    if let text = Secrets.environment(variable) { return (text, variable) }
    if let file { return (try Secrets.read(file: file.value), file.value) }
    return nil
  }

  /// The record key that takes the place of a record, and its record's name; nil for none.
  func recordKey() throws(Failure) -> (text: String, recordName: String)? {
    guard let (text, place) = try secret(recordKeyFile, variable: Self.recordKeyVariable) else {
      return nil
    }
    do throws(KeyError) { return (text, try RecordKey(parsing: text).recordName) } catch {
      throw Secrets.broken(place, "no record key: \(error)")
    }
  }

  /// The session key for the HTTP API, else the one that is stored for the origin; nil where there is none:
  /// the server judges whether it needs one.
  func sessionKey(forOrigin origin: String) throws(Failure) -> SessionKey? {
    guard let (text, place) = try secret(sessionKeyFile, variable: Self.sessionKeyVariable) else {
      let key = try CredentialStore.ofUser()?.session(forOrigin: origin)?.sessionKey
      if key?.expiry.isOver == true { throw .storedSessionOver(origin) }
      return key
    }
    let key: SessionKey
    do throws(KeyError) { key = try SessionKey(parsing: text) } catch {
      throw Secrets.broken(place, "no session key: \(error)")
    }
    guard key.expiry.isOver else { return key }
    throw Failure(
      code: "session_expired", layer: .login, message: "the session key has expired",
      hint: "sign in again for a new key", exit: .noPermission)
  }

  /// Whether a secret is read from stdin, which then can hold nothing else.
  func readsSecretFromInput() throws(Failure) -> Bool {
    if recordKeyFile?.value == "-" || sessionKeyFile?.value == "-" { return true }
    if certPasswordFile?.value == "-" || proxyCredentialsFile?.value == "-" { return true }
    return try GivenCredential(self)?.isOnInput ?? false
  }
}
