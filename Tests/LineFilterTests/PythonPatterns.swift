import Foundation

/// A pattern and texts to look for it in.
struct PatternCase: Codable {
  let pattern: String
  let ignoresCase: Bool
  let isMultiline: Bool
  let dotMatchesAll: Bool
  let texts: [String]
}

/// Python's `re`, as another opinion on patterns.
struct PythonPatterns {
  let python: String

  /// With `re.ASCII`, as our classes are; its `$` without a flag is `\Z`, for ours knows no line feed at
  /// the end.
  private static let script = """
    import json, re, signal, sys
    def stop(*_):
        raise TimeoutError
    signal.signal(signal.SIGALRM, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGTERM})
    for line in sys.stdin:
        case = json.loads(line)
        pattern = case["pattern"]
        if not case["isMultiline"]:
            pattern = pattern.replace("$", r"\\Z")
        flags = re.ASCII
        for name, flag in (("ignoresCase", re.I), ("isMultiline", re.M), ("dotMatchesAll", re.S)):
            if case[name]:
                flags |= flag
        compiled = re.compile(pattern, flags)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        try:
            answer = [compiled.search(text) is not None for text in case["texts"]]
        except TimeoutError:
            answer = None
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(answer))
    """

  /// For each case which of its texts match; nil where Python, which tries one way after the other, did
  /// not come to an end.
  func answers(to cases: [PatternCase]) throws -> [[Bool]?] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("patterns-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (
      folder.appendingPathComponent("in"), folder.appendingPathComponent("out")
    )
    let lines = try cases.map { try JSONEncoder().encode($0) }
    try Data(lines.joined(separator: Data("\n".utf8))).write(to: input)
    try Data().write(to: output)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", Self.script]
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    let answers = try Data(contentsOf: output).split(separator: UInt8(ascii: "\n"))
    return try answers.map { try JSONDecoder().decode([Bool]?.self, from: Data($0)) }
  }
}
