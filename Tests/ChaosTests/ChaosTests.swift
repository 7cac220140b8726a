import Foundation
import Testing
import Transport

/// Clients lose nothing, whatever happens to the server and the network (PROTOCOL section 7: what is
/// unacknowledged goes again, what is watched is watched again).
@Suite(.serialized) struct ChaosTests {
  /// Four writers send numbered updates while the server is killed, ended and frozen and while connections
  /// are cut, reset, stalled, delayed, crumbled and refused. Each update must be acknowledged to its writer
  /// once, be on the server, no more often than it was sent, and be seen by both watchers; after every ten
  /// faults all of that within ``Patience``. No process may grow.
  ///
  /// `make chaos SEED=… UPDATES=… FAULTS=…` runs it with any seed and length.
  @EventLoop
  @Test(arguments: [false, true]) func nothingIsLostInChaos(overTLS isSecure: Bool) async throws {
    let plan = try ChaosPlan.fromEnvironment(isSecure: isSecure)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("instctl-chaos-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let tellsProgress = ProcessInfo.processInfo.environment["CHAOS_SEED"] != nil
    if tellsProgress { tell("seed \(plan.seed)") }
    let run = try await ChaosRun(plan, in: folder, tellsProgress: tellsProgress)
    do {
      try await run.run()
      if tellsProgress { tell(run.summary) }
      try? FileManager.default.removeItem(at: folder)
    } catch {
      let count = plan.updates.perWriter * ChaosPlan.writerCount
      Issue.record(
        """
        \(error)
        again: make chaos SEED=\(plan.seed) UPDATES=\(count) FAULTS=\(plan.steps.count)
        the server's data and what the programs said: \(folder.path)
        \(run.events.joined(separator: "\n"))
        """)
    }
  }
}

/// Shows a line at once, wherever the output goes.
func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
