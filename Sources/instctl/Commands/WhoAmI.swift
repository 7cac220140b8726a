import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl whoami`.
struct WhoAmI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Log in and print who the server says we are.",
    discussion: """
      Prints one line of type whoami: info is the server's word (sessionId and userId are null for who is \
      not signed in), origin is the server, credentials are what was logged in with (token, key or \
      connectionId), and source is where they come from: option, environment, profile, stored, or random for a \
      connection id made up on the spot. Secrets are not shown.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl whoami
        instctl whoami --key-file key.txt | jq -r .info.userId
        instctl whoami --connection-id nobody | jq .info.userId
      """)

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(server, output, timeout: waiting.timeout)
    try settings.refuseFrames()
    let connection = try ServerConnection(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let info = try await connection.logIn(run, timeout: settings.timeout?.value)
      run.output.line(LineHead("\"type\":\"whoami\"")) { writer in
        writer.key("info")
        writer.value(info)
        writer.key("origin")
        writer.string(connection.url.origin)
        writer.key("credentials")
        writer.string(connection.credentials.kind)
        writer.key("source")
        writer.string(connection.credentialsSource.rawValue)
      }
    }
  }
}

extension ConnectionCredentials {
  fileprivate var kind: String {
    switch self {
    case .connectionID: "connectionId"
    case .token: "token"
    case .key: "key"
    }
  }
}
