import Foundation
import Testing

/// Through nginx with TLS in front of `instctl serve`, as inst servers are run: client certificates
/// (CLI.md sections 2 and 4), and a server behind it that is gone.
@Suite(.serialized) struct NginxTests {
  @Test func updatesFlowWithAClientCertificate() throws {
    let server = try TestServer()
    let files = try TLSFiles()
    let nginx = try Nginx(to: server.port, files)
    let common = ["-s", nginx.url, "--cacert", files.path("ca.pem")]
    let watch = try Program(
      ["watch", "rec/inst", "--count", "2", "--cert", files.path("client.p12")] + common,
      environment: ["INSTCTL_CERT_PASSWORD": TLSFiles.password])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    let password = try files.write("password", TLSFiles.password + "\n")
    let add = try Program(
      [
        "add-updates", "rec/inst", hello, "--cert", files.path("client.pem"),
        "--cert-key", files.path("encrypted.key"), "--cert-password-file", password,
      ] + common
    ).finish()
    #expect(add.status == 0 && add.errors == "")
    #expect(add.lines.of(type: "ack").count == 1)
    let outcome = watch.finish()
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.lines.of(type: "updates").last?["updates"] as? [String] == [hello])
  }

  /// nginx takes any certificate by TLS and answers the upgrade with status 400.
  @Test func withoutACertificateItSaysSo() throws {
    let server = try TestServer()
    let files = try TLSFiles()
    let nginx = try Nginx(to: server.port, files)
    let none = try instctl("count", "i", "-s", nginx.url, "--cacert", files.path("ca.pem"))
    let strange = try instctl(
      "count", "i", "-s", nginx.url, "--cacert", files.path("ca.pem"),
      "--cert", files.path("stranger.pem"), "--cert-key", files.path("client.key"))
    for outcome in [none, strange] {
      #expect(outcome.status == 76 && outcome.output == "")
      #expect(outcome.error?["code"] as? String == "upgrade_refused")
      #expect(outcome.error?["status"] as? Int == 400)
      #expect((outcome.error?["hint"] as? String)?.contains("--cert") == true)
    }
  }

  @Test func aServerThatIsGoneBehindIt() throws {
    let files = try TLSFiles()
    let port: String
    do {
      let server = try TestServer()
      port = server.port
      server.stop()
    }
    let nginx = try Nginx(to: port, files, verify: "off")
    let outcome = try instctl("count", "i", "-s", nginx.url, "--cacert", files.path("ca.pem"))
    #expect(outcome.status == 69 && outcome.output == "")
    #expect(outcome.error?["layer"] as? String == "upgrade")
    #expect(outcome.error?["status"] as? Int == 502)
    #expect(outcome.error?["retryable"] as? Bool == true)
  }

  @Test func itsCertificateIsVerified() throws {
    let server = try TestServer()
    let files = try TLSFiles()
    let nginx = try Nginx(to: server.port, files, verify: "off")
    let unknown = try instctl("count", "i", "-s", nginx.url)
    #expect(unknown.status == 69)
    #expect(unknown.error?["code"] as? String == "unknown_issuer")
    #expect(unknown.error?["layer"] as? String == "tls")
    let wrong = try instctl(
      "count", "i", "-s", nginx.url.replacing("localhost", with: "127.0.0.1"),
      "--cacert", files.path("ca.pem"))
    #expect(wrong.status == 69)
    #expect(wrong.error?["code"] as? String == "wrong_host")
    #expect(wrong.error?["validFor"] as? [String] == ["localhost", "inst.example"])
  }
}
