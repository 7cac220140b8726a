import CFuzzer

/// `fuzz --target=NAME`, and behind it what libFuzzer takes: it ignores options that begin with `--`,
/// and passes them on to the processes that it starts itself.
@main
struct Fuzz {
  typealias Target = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

  static let targets: [(name: String, run: Target)] = [
    ("frames", { run(fuzzFrames, $0, $1) }),
    ("inflate", { run(fuzzInflate, $0, $1) }),
    ("handshake", { run(fuzzHandshake, $0, $1) }),
    ("http", { run(fuzzHTTPMessage, $0, $1) }),
    ("json", { run(fuzzJSON, $0, $1) }),
    ("expressions", { run(fuzzExpressions, $0, $1) }),
    ("envelope", { run(fuzzEnvelope, $0, $1) }),
    ("yjs", { run(fuzzYjs, $0, $1) }),
  ]

  static func main() {
    let chosen = targets.first { CommandLine.arguments.contains("--target=\($0.name)") }
    guard let chosen else {
      fatalError("--target is one of \(targets.map(\.name).joined(separator: ", "))")
    }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    _ = LLVMFuzzerRunDriver(&count, &arguments, chosen.run)
  }

  private static func run(
    _ target: (UnsafeRawBufferPointer) -> Void, _ start: UnsafePointer<UInt8>?, _ count: Int
  ) -> Int32 {
    target(UnsafeRawBufferPointer(start: start, count: count))
    return 0
  }
}

/// Ends the process unless a property holds, so that libFuzzer keeps the input.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
  if !holds { fatalError("broken: \(property())") }
}

/// What a call that must not fail returns.
func mustSucceed<Value, Failure: Error>(
  _ what: String, _ body: () throws(Failure) -> Value
) -> Value {
  do throws(Failure) { return try body() } catch { fatalError("broken: \(what): \(error)") }
}

/// What a call returns or throws, to be compared with that of another.
func result<Value, Failure: Error>(
  _ body: () throws(Failure) -> Value
) -> Result<Value, Failure> {
  do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
}

extension Result {
  /// What was returned, if anything was.
  var value: Success? { try? get() }

  /// What was thrown, if anything was.
  var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
