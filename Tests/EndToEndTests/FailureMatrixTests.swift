import Foundation
import Synchronization
import Testing

/// Every command that uses a server against every way to fail: exit codes and error objects (CLI.md
/// sections 3 and 4), nothing half on stdout, and no secret anywhere (section 5).
@Suite(.serialized) struct FailureMatrixTests {
  @Test func everyCommandIsInIt() throws {
    let rows = Set(FailureMatrixCommand.all.map(\.name))
    #expect(rows.isDisjoint(with: FailureMatrixCommand.offline))
    #expect(try FailureMatrixCommand.known() == rows.union(FailureMatrixCommand.offline))
  }

  /// Without which the rest would say nothing.
  @Test func nothingFailsWhereNothingIsWrong() throws {
    let healthy = FailureMatrixClass(
      name: "none", exit: 0, socket: .nothing,
      api: .nothing, isFor: { $0.kind != .following })
    try run(healthy)
    let following = FailureMatrixClass(
      name: "none", exit: 0, socket: .nothing, options: ["-1"],
      isFor: { $0.kind == .following })
    try run(following)
  }

  @Test(arguments: FailureMatrixClass.all)
  func failure(_ failure: FailureMatrixClass) throws { try run(failure) }

  /// Runs the cells of a row, several at a time: most of the time they wait.
  private func run(_ failure: FailureMatrixClass) throws {
    let surroundings = try Surroundings(failure.place)
    let complaints = Mutex<[String]>([])
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 6
    for (index, command) in FailureMatrixCommand.all.enumerated() {
      queue.addOperation {
        do {
          let cell = try FailureMatrixCell(
            command, failure, surroundings, usesToken: index % 2 == 1)
          let all = cell?.finish() ?? []
          complaints.withLock { $0 += all }
        } catch { complaints.withLock { $0.append("\(command.name): \(error)") } }
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    for complaint in complaints.withLock({ $0 }) { Issue.record("\(complaint)") }
  }
}
