/// What one writer has been told of its updates.
struct Acknowledgements {
  /// How often each update was sent until it was acknowledged, by number; 0 while it is not.
  private(set) var tries: [Int]
  private(set) var count = 0
  private var ids: Set<Int> = []
  private(set) var problem: String?

  init(of updates: NumberedUpdates) { tries = Array(repeating: 0, count: updates.perWriter) }

  mutating func add(number: Int, updateID: Int, tries: Int) {
    guard self.tries.indices.contains(number) else {
      problem = problem ?? "an acknowledgement of update \(number), which was never sent"
      return
    }
    if self.tries[number] > 0 { problem = problem ?? "update \(number) is acknowledged twice" }
    if !ids.insert(updateID).inserted { problem = problem ?? "id \(updateID) is answered twice" }
    if tries < 1 { problem = problem ?? "update \(number) was sent \(tries) times" }
    self.tries[number] = tries
    count += 1
  }

  mutating func fail(_ text: String) { problem = problem ?? text }
}
