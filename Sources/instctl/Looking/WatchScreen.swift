import Glibc
import InstClient
import InstProtocol
import JSONText
import LineDisplay
import Transport
import WebSocket

/// `watch --tui`: a live screen in the place of lines.
///
/// It takes the lines that would be printed, follows the devices, samples the server's clock, and paints
/// what has changed at most ten times a second.
@EventLoop
final class WatchScreen: LineStage {
  private let run: CommandRun
  private let screen: Screen
  private let connections: InstConnections
  private let addresses: [BranchAddress]
  private var model: TUIModel
  private var timer: Reactor.TimerID?
  private var tasks: [Task<Void, Never>] = []

  private static let frameMilliseconds: Int64 = 100
  private static let sampleMilliseconds: Int64 = 5000

  /// Refuses where there is no terminal to show it on.
  nonisolated static func requireTerminal() throws(Failure) {
    guard Terminal.output.isCapable, Terminal(descriptor: STDIN_FILENO).isThere else {
      let isDumb = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
      throw .usage(
        isDumb
          ? "--tui needs a terminal that can move its cursor, which TERM denies"
          : "--tui needs a terminal on stdin and stdout",
        hint: "without --tui there are lines, and --output pretty makes them good to read")
    }
  }

  /// Takes over the terminal, and the run's lines.
  init(
    _ run: CommandRun, _ connections: InstConnections, _ addresses: [BranchAddress],
    title: String, isColoured: Bool
  ) throws(Failure) {
    self.run = run
    self.connections = connections
    self.addresses = addresses
    model = TUIModel(
      title: title,
      branches: addresses.map(\.answered).map { ($0.recordName ?? "", $0.inst, $0.branch) },
      at: Progress.seconds)
    screen = try Screen(isColoured: isColoured)
    screen.onKey = { [weak self] in self?.pressed($0) }
    screen.onChange = { [weak self] in self?.draw() }
    run.show(on: self)
  }

  /// Starts it; to be called once the branches are watched.
  func start() {
    for (index, address) in addresses.enumerated() {
      tasks.append(EventLoop.start { [weak self] in await self?.followDevices(of: address, index) })
    }
    tasks.append(EventLoop.start { [weak self] in await self?.sampleClock() })
    tick()
  }

  /// Gives the terminal back.
  func close() {
    if let timer { Reactor.shared.cancel(timer) }
    timer = nil
    for task in tasks { task.cancel() }
    tasks = []
    screen.close()
  }

  // MARK: What comes

  func pass(_ line: UnsafeRawBufferPointer, into writer: inout JSONWriter) {
    model.take(line, at: Progress.seconds)
  }

  private func followDevices(of address: BranchAddress, _ index: Int) async {
    let stream = connections.client(for: address.instAddress).watchBranchDevices(address)
    for await events in stream {
      for event in events {
        switch event {
        case .connected(let device):
          model.deviceCame(device.connection.value, to: index, at: Progress.seconds)
        case .disconnected(let device):
          model.deviceLeft(device.connection.value, of: index)
        case .connection, .refused: break
        }
      }
    }
  }

  private func sampleClock() async {
    guard let first = addresses.first else { return }
    let client = connections.client(for: first.instAddress)
    while !Task.isCancelled {
      guard client.connectionState.isConnected else {
        await client.nextConnectionChange()
        continue
      }
      // A server that does not tell its time is not asked again.
      guard let sample = try? await client.sampleServerTime() else { return }
      model.sampled(latencyMilliseconds: sample.latency, offsetMilliseconds: sample.offset)
      await TimeSyncClock.system.wait(Double(Self.sampleMilliseconds))
    }
  }

  // MARK: What is seen

  private func tick() {
    draw()
    let due = Reactor.shared.now.advanced(byMilliseconds: Self.frameMilliseconds)
    timer = Reactor.shared.schedule(at: due) { [weak self] in self?.tick() }
  }

  private func draw() {
    let now = Progress.seconds
    model.tick(receivedBytes: connections.receivedBytes, at: now)
    if let text = screen.heldErrors { model.wrote(text) }
    screen.show { model.frame(columns: $0, rows: $1, at: now) }
  }

  private func pressed(_ key: UInt8?) {
    switch key {
    case UInt8(ascii: "q"), UInt8(ascii: "Q"): run.end(.status(.done))
    case 0x03: run.end(.signal(SIGINT))
    case nil: run.end(.signal(SIGHUP))
    default: break
    }
  }
}
