/// Which way bytes go over a link.
enum Direction: CaseIterable {
  case toServer, toClient
}

/// What goes wrong, once.
enum Fault {
  /// The server process is killed, or told to end, and started again on the same port and data, with
  /// options that make it a worse one.
  case restart(signal: RestartSignal, downMilliseconds: Int64, options: [String])
  /// The server process stands still.
  case freeze(milliseconds: Int64)
  /// After so many more bytes connections end, in the middle of whatever they carry: with a reset, or
  /// with an end of the stream. New ones, too, perhaps before they are logged in.
  case cut(
    links: Set<Int>, direction: Direction, afterBytes: Int, resets: Bool, milliseconds: Int64)
  /// Bytes get stuck.
  case stall(links: Set<Int>, directions: Set<Direction>, milliseconds: Int64)
  /// Bytes arrive so much later.
  case delay(links: Set<Int>, latencyMilliseconds: Int64, milliseconds: Int64)
  /// Bytes go out a few at a time.
  case crumble(links: Set<Int>, pieceSize: Int, milliseconds: Int64)
  /// What is connected ends, and nobody can connect.
  case refuse(links: Set<Int>, milliseconds: Int64)

  enum RestartSignal { case kill, terminate }

  /// Draws a fault.
  ///
  /// - Parameter mayRestart: whether the server may lose its process.
  static func random(
    links: Int, mayRestart: Bool, using random: inout SplitMix64
  ) -> Fault {
    let someLinks = someLinks(links, using: &random)
    switch Int.random(in: mayRestart ? 0..<10 : 2..<10, using: &random) {
    case 0, 1:
      return .restart(
        signal: random.oneIn(2) ? .kill : .terminate,
        downMilliseconds: .random(in: 0...300, using: &random),
        options: serverOptions(using: &random))
    case 2:
      return .freeze(milliseconds: duration(using: &random))
    case 3, 4, 5:
      return .cut(
        links: someLinks, direction: random.oneIn(2) ? .toServer : .toClient,
        afterBytes: random.logarithmic(1, 20_000), resets: !random.oneIn(4),
        milliseconds: .random(in: 20...400, using: &random))
    case 6:
      let directions: [Set<Direction>] = [[.toServer], [.toClient], [.toServer, .toClient]]
      return .stall(
        links: someLinks, directions: directions[Int.random(in: 0..<3, using: &random)],
        milliseconds: duration(using: &random))
    case 7:
      return .delay(
        links: someLinks, latencyMilliseconds: .random(in: 1...150, using: &random),
        milliseconds: duration(using: &random))
    case 8:
      return .crumble(
        links: someLinks, pieceSize: random.logarithmic(1, 500),
        milliseconds: duration(using: &random))
    default:
      return .refuse(links: someLinks, milliseconds: .random(in: 1...600, using: &random))
    }
  }

  /// All of them, or any of them, but never none.
  private static func someLinks(_ count: Int, using random: inout SplitMix64) -> Set<Int> {
    guard !random.oneIn(3) else { return Set(0..<count) }
    let chosen = (0..<count).filter { _ in random.oneIn(2) }
    return chosen.isEmpty ? [Int.random(in: 0..<count, using: &random)] : Set(chosen)
  }

  /// None half of the time.
  private static func serverOptions(using random: inout SplitMix64) -> [String] {
    switch Int.random(in: 0..<6, using: &random) {
    // Where the server drops more, an update can have bad luck each time for longer than anybody waits.
    case 0: ["--drop-acks", String(Int.random(in: 8...30, using: &random))]
    case 1: ["--latency", "\(Int.random(in: 1...80, using: &random))ms"]
    case 2: ["--reorder", "--seed", String(UInt32.random(in: 0...9999, using: &random))]
    default: []
    }
  }

  /// Mostly short; one in ten so long that a keep-alive takes the connection for dead.
  private static func duration(using random: inout SplitMix64) -> Int64 {
    random.oneIn(10)
      ? .random(in: 3500...5000, using: &random) : .random(in: 20...800, using: &random)
  }
}
