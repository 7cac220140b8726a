import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl login`.
struct Login: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prove that the server accepts the credentials.",
    discussion: """
      Logs in and prints one line of type login: success, and info, which is who the server says we are. \
      A refusal prints nothing on stdout, and the exit code tells.

      Examples:
        instctl login -s https://inst.example.com --key-file key.txt
        instctl login -s http://127.0.0.1:3000 --connection-id me
      """)

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let diagnostics = output.diagnostics
    let connection = try ServerConnection(server, diagnostics: diagnostics)
    CommandRun.execute(diagnostics) { run throws(Failure) in
      let info = try await connection.logIn(run)
      run.output.line(LineHead("\"type\":\"login\"")) { writer in
        writer.key("success")
        writer.bool(true)
        writer.key("info")
        writer.value(info)
      }
    }
  }
}
