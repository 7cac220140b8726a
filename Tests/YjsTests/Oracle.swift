import Foundation

/// `Tests/Peers/yjs_oracle.py`: what pycrdt, another implementation, makes of updates.
enum Oracle {
  /// The interpreter; `make test` makes one with the libraries of `Tests/requirements.txt`.
  static let interpreter: String? = {
    if let given = ProcessInfo.processInfo.environment["INSTCTL_TEST_PYTHON"], !given.isEmpty {
      return given
    }
    let own = tests.deletingLastPathComponent().appendingPathComponent(".build-python/bin/python")
    return FileManager.default.isExecutableFile(atPath: own.path) ? own.path : nil
  }()

  /// The seeds of the random cases, in batches.
  static let batches: [Range<Int>] = {
    let first = number("INSTCTL_YJS_SEED") ?? 1
    let end = first + max(number("INSTCTL_YJS_CASES") ?? 1_200, 1)
    return stride(from: first, to: end, by: 1_000).map { $0..<min($0 + 1_000, end) }
  }()

  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func number(_ variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
  }

  /// Random histories, and what pycrdt makes of each.
  struct History: Decodable {
    var seed: Int
    /// In the order in which they were made.
    var updates: [Data]
    /// The order in which they come: shuffled, some of them twice.
    var delivered: [Int]
    var state: String
    var vector: Data
    var full: Data
    var known: Data
    var diff: Data
    var merged: Data
    var partDiff: Data
    var partVector: Data
  }

  static func histories(_ seeds: Range<Int>) throws -> [History] {
    try run(["history", "\(seeds.lowerBound)", "\(seeds.count)"], input: "").map {
      try JSONDecoder().decode(History.self, from: Data($0.utf8))
    }
  }

  /// What one client writes and gets, and the updates that it sends.
  struct Writes: Decodable {
    var seed: Int
    var client: Int
    /// There are formats, among which Yrs and Yjs write in different places.
    var formatted: Bool
    /// As JSON: lists of mixed values, or an update that comes.
    var steps: String
    var state: String
  }

  static func writes(_ seeds: Range<Int>) throws -> [Writes] {
    try run(["writes", "\(seeds.lowerBound)", "\(seeds.count)"], input: "").map {
      try JSONDecoder().decode(Writes.self, from: Data($0.utf8))
    }
  }

  /// What pycrdt makes of some updates.
  struct Outcome: Decodable {
    var state: String
    var vector: Data
    var full: Data
  }

  static func apply(_ updates: [[[UInt8]]]) throws -> [Outcome] {
    let lines = try updates.map { updates in
      String(
        decoding: try JSONEncoder().encode(["updates": updates.map { Data($0) }]), as: UTF8.self)
    }
    return try run(["check"], input: lines.joined(separator: "\n")).map {
      try JSONDecoder().decode(Outcome.self, from: Data($0.utf8))
    }
  }

  /// Runs the oracle to its end, by way of files: neither side has to wait for the other.
  private static func run(_ arguments: [String], input: String) throws -> [Substring] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("yjs-oracle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out"].map { folder.appendingPathComponent($0) }
    try Data(input.utf8).write(to: files[0])
    try Data().write(to: files[1])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [interpreter ?? "python3", tests.appendingPathComponent("Peers/yjs_oracle.py").path]
      + arguments
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(arguments: arguments) }
    return String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
      .split(separator: "\n")
  }

  struct Failed: Error {
    var arguments: [String]
  }
}
