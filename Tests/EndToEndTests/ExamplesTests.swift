import Foundation
import Testing

/// Every example that is printed anywhere does what its page says: of `--help`, from which the pages of the
/// commands are made, of the page of the protocol, and of the README.
@Suite(.serialized) struct ExamplesTests {
  /// Those that follow something until they are interrupted.
  private static let endless: Set<String> = [
    "instctl watch myInst | instctl add-updates mirrorOfMyInst",
    "instctl serve", "instctl serve --port 0 --data insts.jsonl",
    "instctl serve --tls --cert-out ca.pem", "instctl serve --auth users.json",
    "instctl serve --large-messages --max-inst-bytes 1MiB",
    "instctl serve --latency 200ms --reorder --drop-acks 3",
  ]

  /// Those that end in another way than by success.
  private static let otherStatus: [String: Int32] = [
    // Nobody is there who could grant it.
    "instctl permission request rec/closed --key-file other.key --timeout 1h": 1,
    // What a server is that is not trusted.
    "instctl count --all --server https://127.0.0.1:3443 2>&1 | jq -r '.layer, .message'": 69,
    // They differ.
    "instctl diff demo copy": 1,
    "instctl diff ./bots.aux copy | jq -c 'select(.bot)'": 1,
    "instctl diff demo copy --as-update | instctl add-updates copy": 1,
    "instctl gaps lossy": 1,
    "instctl diff garden lossy": 1,
    "instctl diff garden lossy --as-update | instctl add-updates lossy --select .updateId": 1,
  ]

  /// Those that are not run, and why.
  private static let exempt: [String: String] = [
    "instctl login --email ann@example.com": "asks for the code on a terminal",
    "make demo": "builds the program that is tested here",
    "make test": "is what runs this",
    "sudo make install": "changes this machine; check-install does it in a folder",
    "sudo make uninstall": "changes this machine; check-install does it in a folder",
    "make deb": "builds; check-deb does it",
    "make check-deb": "makes a system, and is a check of its own",
  ]

  @Test(arguments: try ExamplePage.ofHelp() + [ExamplePage.ofProtocol(), ExamplePage.ofReadme()])
  func examples(of page: ExamplePage) throws {
    #expect(!page.commands.isEmpty)
    let commands = page.commands.filter { Self.exempt[$0.text] == nil }
    let sandbox = try ExampleSandbox(for: page)
    let results = try sandbox.type(commands.map(\.text), endless: Self.endless)
    for (command, result) in zip(commands, results) {
      let expected =
        Self.otherStatus[command.text] ?? (Self.endless.contains(command.text) ? 130 : 0)
      #expect(
        result.status == expected,
        "\(command.text)\nprints: \(result.output.prefix(500))\nand: \(result.errors.prefix(500))")
      guard let printed = command.output else { continue }
      #expect(
        matches(result.output, printed),
        "\(command.text)\nprints: \(result.output.prefix(2000))\nthe page says: \(printed)")
    }
  }

  /// Help breaks longer lines, which nobody could type then.
  @Test func noLineIsTooLongForHelp() throws {
    let indent = 2
    for line in try ExamplePage.ofHelp().flatMap({ $0.text.components(separatedBy: "\n") }) {
      #expect(indent + line.count <= 80, "\(line)")
    }
  }

  /// What is listed above is on some page: otherwise the lists would hide what is new.
  @Test func noListNamesWhatIsNowhere() throws {
    let pages = try ExamplePage.ofHelp() + [.ofProtocol(), .ofReadme()]
    let all = Set(pages.flatMap(\.commands).map(\.text))
    let listed = Self.endless.union(Self.exempt.keys).union(Self.otherStatus.keys)
    #expect(listed.subtracting(all) == [])
  }

  /// Whether the texts are the same, but for times, durations, ports and random ids, and with `…` for
  /// anything.
  private func matches(_ text: String, _ printed: String) -> Bool {
    let pattern = NSRegularExpression.escapedPattern(for: plain(printed))
      .replacingOccurrences(of: "…", with: "[^\n]*")
    return plain(text).range(of: "^\(pattern)$", options: .regularExpression) != nil
  }

  private func plain(_ text: String) -> String {
    [
      (#"\d{4}-\d\d-\d\dT[\d:.]+Z"#, "TIME"), (#"Ms":-?[\d.]+"#, #"Ms":N"#),
      (#"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"#, "ID"), (#":\d{4,5}\b"#, ":PORT"),
      (#""timestamps":\[[\d,.]*\]"#, #""timestamps":[TIMES]"#),
    ].reduce(text) { text, rule in
      text.replacingOccurrences(of: rule.0, with: rule.1, options: .regularExpression)
    }
  }
}
