/// The memory of every process that takes part, and how much it may grow.
struct MemoryLog {
  private struct Sample {
    let share: Double
    let bytes: [String: Int]
  }

  private var samples: [Sample] = []

  /// - Parameters:
  ///   - bytes: What each process has in memory, when all is calm.
  ///   - share: How much of the run is over, up to 1.
  mutating func add(_ bytes: [String: Int], share: Double) {
    samples.append(Sample(share: share, bytes: bytes))
  }

  /// Fails where a process has grown by too much: from a quarter of the run to its end, and the server,
  /// which has a new process until three quarters are over, from there on.
  ///
  /// Clients keep no updates, the server keeps each once. Buffers, and what the allocator does not give
  /// back, take a few times the state, since each watch transfers it whole; 16 MiB are for everything
  /// else. From a quarter on, a run of 200 faults makes some 500 connections and sends the state of
  /// 3 MB more than 100 times: to keep a tenth of that, or 60 KB for each connection, is found.
  ///
  /// A short run says nothing about it.
  ///
  /// - Parameter stateSize: bytes of all updates together.
  func check(stateSize: Int) throws(ChaosFailure) {
    let allowance = (16 << 20) + 4 * stateSize
    guard samples.count > 4, let last = samples.last else { return }
    for (process, end) in last.bytes {
      let share = process == Self.server ? ChaosPlan.restartingShare : 0.25
      guard let first = samples.first(where: { $0.share >= share })?.bytes[process] else {
        throw ChaosFailure("the memory of \(process) is not known")
      }
      guard end - first <= allowance else {
        throw ChaosFailure(
          "\(process) grew from \(first >> 20) to \(end >> 20) MiB, "
            + "by more than \(allowance >> 20) MiB: \(description)")
      }
    }
  }

  /// The samples at the start, each quarter and the end, for people.
  var description: String {
    let quarters = stride(from: 0.0, through: 1, by: 0.25)
    return quarters.compactMap { share in samples.first { $0.share >= share } }.map { sample in
      let parts = sample.bytes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value >> 20) MiB" }
      return "\(Int(sample.share * 100)) %: \(parts.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  static let server = "the server"
}
