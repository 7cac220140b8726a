import Foundation

/// All that a run does, drawn from one seed.
struct ChaosPlan {
  /// A fault, and what surrounds it.
  struct Step {
    /// From the moment at which writers get more to send.
    let leadMilliseconds: Int64
    let fault: Fault
    /// Until the next step, which may come while the fault lasts.
    let pauseMilliseconds: Int64
  }

  static let writerCount = 4
  static let watcherCount = 2
  /// After so many faults all is left alone until everything is acknowledged and seen.
  static let stepsPerRound = 10

  /// The rest of the run leaves the server its process, so that its memory can be compared.
  static let restartingShare = 0.75

  let seed: UInt64
  let isSecure: Bool
  let updates: NumberedUpdates
  let steps: [Step]

  init(seed: UInt64, isSecure: Bool, updateCount: Int, faultCount: Int) {
    self.seed = seed
    self.isSecure = isSecure
    var random = SplitMix64(seed: seed)
    updates = NumberedUpdates(
      writers: Self.writerCount, perWriter: updateCount / Self.writerCount, using: &random)
    steps = (0..<faultCount).map { index in
      Step(
        leadMilliseconds: .random(in: 0...40, using: &random),
        fault: .random(
          links: Self.writerCount + Self.watcherCount,
          mayRestart: Double(index) < Double(faultCount) * Self.restartingShare, using: &random),
        pauseMilliseconds: .random(in: 0...600, using: &random))
    }
  }

  /// The plan that the environment asks for; a short one with the same seed each time by default.
  static func fromEnvironment(isSecure: Bool) throws -> ChaosPlan {
    let environment = ProcessInfo.processInfo.environment
    func number<Number: LosslessStringConvertible>(_ name: String, _ usual: Number) throws -> Number
    {
      guard let text = environment[name], !text.isEmpty else { return usual }
      guard let number = Number(text) else { throw ChaosFailure("\(name)=\(text) is no number") }
      return number
    }
    return ChaosPlan(
      seed: try number("CHAOS_SEED", 1), isSecure: isSecure,
      updateCount: try number("CHAOS_UPDATES", 300),
      faultCount: try number("CHAOS_FAULTS", 15))
  }

  /// How many updates of each writer may be on their way when a step begins.
  func released(at step: Int) -> Int { (step + 1) * updates.perWriter / max(1, steps.count) }
}

/// Why a run has failed.
struct ChaosFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
