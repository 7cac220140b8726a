import Glibc
import WebSocket

/// Names to addresses, without holding up the loop: `getaddrinfo` runs on a thread of its own.
///
/// A look-up cannot be called off, so whoever asks for a name that is being looked up already
/// waits for the same thread: a resolver that hangs costs one thread a name, however often the
/// caller gives up and comes back.
@EventLoop
final class Resolver {
  static let shared = Resolver()

  typealias Answer = Result<[SocketAddress], TransportError>

  private struct Question: Hashable, Sendable {
    let host: String
    let port: UInt16
  }

  private var waiting: [Question: [@EventLoop (Answer) -> Void]] = [:]

  /// Looks up `host`; `done` is called once, later.
  func resolve(host: String, port: UInt16, done: @escaping @EventLoop (Answer) -> Void) {
    let question = Question(host: host, port: port)
    if waiting[question] != nil {
      waiting[question]?.append(done)
      return
    }
    waiting[question] = [done]
    let started = startThread {
      let answer = Answer { () throws(TransportError) in
        try getAddresses(host, port: port, flags: 0)
      }
      EventLoop.start { self.finish(question, answer) }
    }
    if !started {
      finish(question, .failure(.nameLookupFailed(host: host, reason: "no thread to look it up")))
    }
  }

  private func finish(_ question: Question, _ answer: Answer) {
    for done in waiting.removeValue(forKey: question) ?? [] { done(answer) }
  }
}

/// Runs `body` on a new detached thread; false where the system has none.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  let argument = Unmanaged.passRetained(Body(body))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  defer { pthread_attr_destroy(&attributes) }
  var thread = pthread_t()
  let code = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, argument.toOpaque())
  if code != 0 { argument.release() }
  return code == 0
}
