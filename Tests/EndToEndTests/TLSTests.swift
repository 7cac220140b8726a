import Foundation
import Testing

/// The options of TLS (CLI.md section 2) and what happens where they cannot be met (section 4).
@Suite(.serialized) struct TLSTests {
  private let files: TLSFiles
  private let server: TestServer

  init() throws {
    files = try TLSFiles()
    server = try TestServer(
      "--cert", files.path("server.pem"), "--cert-key", files.path("server.key"))
  }

  private var url: String { "https://localhost:\(server.port)" }

  private func count(
    _ options: String..., url: String? = nil, environment: [String: String] = [:]
  ) throws -> Program.Outcome {
    let outcome = try Program(
      ["count", "i", "-s", url ?? self.url, "--cacert", files.path("ca.pem")] + options,
      environment: environment
    ).finish()
    #expect(!(outcome.output + outcome.errors).contains(TLSFiles.password))
    #expect(outcome.status == 0 || outcome.output == "")
    return outcome
  }

  private func expect(
    _ outcome: Program.Outcome, _ status: Int32, _ code: String, _ layer: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, sourceLocation: sourceLocation)
    #expect(outcome.error?["code"] as? String == code, sourceLocation: sourceLocation)
    #expect(outcome.error?["layer"] as? String == layer, sourceLocation: sourceLocation)
  }

  // MARK: Pins

  private let otherPin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

  @Test func aPinnedKey() throws {
    let pin = try files.pin()
    #expect(try count("--pin", pin).status == 0)
    #expect(try count("--pin", otherPin, "--pin", pin).status == 0)
    #expect(try count(environment: ["INSTCTL_PIN": "\(otherPin)\n\(pin)"]).status == 0)
    for option in ["--pin=\(otherPin)", "--insecure"] {
      let outcome = try count("--pin", otherPin, option)
      expect(outcome, 69, "pin_mismatch", "tls")
      #expect(outcome.error?["pin"] as? String == pin)
      #expect((outcome.error?["message"] as? String)?.contains(pin) == true)
    }
  }

  /// A safeguard that cannot be kept is an error, not passed over.
  @Test func aPinThatIsOfNoUse() throws {
    expect(try count("--pin", "sha256//short"), 64, "usage", "usage")
    let plain = try TestServer()
    expect(try count("--pin", otherPin, url: plain.url), 64, "usage", "usage")
  }

  // MARK: Names

  @Test func anotherName() throws {
    #expect(try count("--servername", "inst.example").status == 0)
    let address = "https://127.0.0.1:\(server.port)"
    #expect(try count("--servername", "inst.example", url: address).status == 0)
    let wrong = try count("--servername", "other.example")
    expect(wrong, 69, "wrong_host", "tls")
    #expect(wrong.error?["validFor"] as? [String] == ["localhost", "inst.example"])
    expect(
      try count("--servername", String(repeating: "a", count: 300)), 64, "invalid_server_name",
      "usage")
  }

  // MARK: The key log

  @Test func theKeyLogIsWrittenWithAWarning() throws {
    let file = files.path("keys.log")
    for lines in [5, 10] {
      let outcome = try count(environment: ["SSLKEYLOGFILE": file])
      #expect(outcome.status == 0)
      #expect(outcome.errors.contains("SSLKEYLOGFILE"))
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.split(separator: "\n").count == lines)
      #expect(text.contains("CLIENT_TRAFFIC_SECRET_0 "))
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test(arguments: ["/dev/full", "/nonexistent/keys.log"])
  func aKeyLogThatCannotBeWritten(file: String) throws {
    expect(try count(environment: ["SSLKEYLOGFILE": file]), 74, "key_log_failed", "io")
  }

  // MARK: Files of the client's certificate

  @Test func passwords() throws {
    let encrypted = ["--cert", files.path("client.pem"), "--cert-key", files.path("encrypted.key")]
    for arguments in [encrypted, ["--cert", files.path("client.p12")]] {
      func run(_ options: [String], _ environment: [String: String]) throws -> Program.Outcome {
        try Program(
          ["count", "i", "-s", url, "--cacert", files.path("ca.pem")] + arguments + options,
          environment: environment
        ).finish()
      }
      expect(try run([], [:]), 78, "key_password_required", "config")
      let wrong = try run([], ["INSTCTL_CERT_PASSWORD": "wrong-password"])
      expect(wrong, 78, "wrong_key_password", "config")
      #expect(!wrong.errors.contains("wrong-password"))
      #expect(try run([], ["INSTCTL_CERT_PASSWORD": TLSFiles.password]).status == 0)

      let file = try files.write("password", TLSFiles.password)
      #expect(
        try run(["--cert-password-file", file], ["INSTCTL_CERT_PASSWORD": "wrong"]).status == 0)
      let open = try files.write("open", TLSFiles.password, permissions: 0o644)
      expect(try run(["--cert-password-file", open], [:]), 78, "unprotected_file", "config")
    }
  }

  @Test func filesThatCannotBeUsed() throws {
    let certificate = files.path("client.pem")
    expect(
      try count("--cert", certificate, "--cert-key", files.path("other.key")), 78,
      "key_does_not_fit", "config")
    expect(
      try count("--cert", certificate, "--cert-key", files.path("missing.key")), 66,
      "unusable_file", "config")
    expect(
      try count("--cert", files.path("missing.pem"), "--cert-key", files.path("client.key")), 66,
      "unusable_file", "config")
    expect(
      try count("--cert", files.write("broken.pem", "broken")), 78, "unusable_file", "config")
    let open = try files.write(
      "open.key", try String(contentsOfFile: files.path("client.key"), encoding: .utf8),
      permissions: 0o640)
    expect(
      try count("--cert", certificate, "--cert-key", open), 78, "unprotected_file", "config")
    expect(try count("--cert-key", files.path("client.key")), 64, "usage", "usage")
    expect(try count("--cert-password-file", files.path("client.key")), 64, "usage", "usage")
    expect(
      try Program(
        ["count", "i", "-s", url, "--cacert", files.path("missing.pem")]
      ).finish(), 66, "unusable_file", "config")
  }
}
