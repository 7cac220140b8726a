import ArgumentParser
import Glibc
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl http`.
struct HTTP: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "http",
    abstract: "Make an HTTP request to the server through the WebSocket.",
    discussion: """
      Logs in, makes the request, and prints the response as one line of type http_response, with \
      statusCode, headers and body. With --raw only the body is printed, each part as it comes.

      The exit code tells of the status: 0 for 2xx, 77 for 401, 403 and 407, 67 for 404 and 410, 65 for \
      400 and 422, 75 for 429 and 503, 69 for other 5xx, 76 for all else. The response is printed all the \
      same.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl http GET '/api/v2/records/insts/list?recordName=rec' \\
          --key-file key.txt
        instctl http GET '/api/v2/stream?parts=3&size=16' --raw
        echo '{"some":"body"}' | instctl http POST /api/v2/echo --body -
      """)

  @OptionGroup var request: HTTPRequestOptions

  @Flag(help: "Print the body alone, as it comes.")
  var raw = false

  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if raw, !output.filter.isEmpty {
      throw ValidationError("--raw prints the body, and no lines to choose from")
    }
  }

  func run() throws {
    let settings = try Settings(server, output, timeout: waiting.timeout)
    let connection = try ServerConnection(settings)
    let request = try self.request.request()
    let timeout = settings.timeout(default: 10_000)
    CommandRun.execute(settings) { run throws(Failure) in
      let client = try connection.client(
        for: nil, reconnects: false, showingFramesTo: settings.frameObserver(run))
      let watch = RequestRun(
        run, client, timeout: timeout, what: "the response did not come",
        isWaiting: { !run.output.isStalled })
      watch.start()
      do throws(ClientError) {
        let status =
          raw
          ? try await Self.printBody(of: client.sendHTTPRequest(request), to: run.output)
          : Self.print(try await client.httpResponse(to: request), to: run.output)
        withExtendedLifetime(watch) {}
        if let failure = Failure(httpStatus: status) { run.fail(failure) }
      } catch { throw Failure(error) }
    }
  }

  /// Prints the response; gives its status.
  @EventLoop
  private static func print(_ response: TunnelledResponse, to output: StandardOutput) -> Int? {
    output.line(LineHead("\"type\":\"http_response\"")) { writer in
      if let status = response.statusCode {
        writer.key("statusCode")
        writer.number(status)
      }
      if let headers = response.headers {
        writer.key("headers")
        writer.passThrough(headers)
      }
      if let body = response.body {
        writer.key("body")
        writer.passThrough(body)
      }
      for field in response.unknownFields {
        writer.key(string: field.name)
        writer.passThrough(field.value)
      }
    }
    return response.statusCode?.int
  }

  /// Prints the body's parts as they come; gives the status.
  @EventLoop
  private static func printBody(
    of response: EventStream<TunnelledHTTPEvent>, to output: StandardOutput
  ) async throws(ClientError) -> Int? {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var status: Int?
    for await event in response.elements {
      switch event {
      case .part(let part):
        status = status ?? part.statusCode?.int
        guard let body = part.body, output.taken == .all else { continue }
        let text = body.value.stringValue ?? body.description
        output.writer.raw(Array((isTerminal ? text.printable : text).utf8))
        // With nothing left over no comma comes between this part and the next.
        await output.finish()
      case .failed(let error): throw error
      }
    }
    if Task.isCancelled { throw .cancelled }
    return status
  }
}

extension Failure {
  /// What an HTTP status says to scripts; nil for success.
  fileprivate init?(httpStatus status: Int?) {
    guard let status else {
      self.init(
        code: "protocol_violation", layer: .protocol, message: "the response has no status",
        exit: .protocolError)
      return
    }
    guard !(200...299).contains(status) else { return nil }
    let exit: ExitStatus =
      switch status {
      case 400, 422: .badInput
      case 401, 403, 407: .noPermission
      case 404, 410: .notFound
      case 429, 503: .tryLater
      case 500...599: .unavailable
      default: .protocolError
      }
    self.init(
      code: "http_\(status)", layer: .server, message: "the server answered with status \(status)",
      isRetryable: status == 429 || status >= 500, exit: exit,
      facts: [JSONMember(name: "status", value: JSONValue(status))])
  }
}
