import Glibc

/// Which updates somebody has seen, and how often.
struct Sightings {
  private let updates: NumberedUpdates
  /// By writer and number.
  private(set) var counts: [[Int]]
  /// How many different ones of each writer.
  private(set) var distinctCounts = Array(repeating: 0, count: ChaosPlan.writerCount)
  /// The first text that nobody has sent.
  private(set) var stranger: String?

  init(of updates: NumberedUpdates) {
    self.updates = updates
    counts = Array(
      repeating: Array(repeating: 0, count: updates.perWriter), count: ChaosPlan.writerCount)
  }

  /// Takes a JSON array of updates, or any text that begins with its bracket and goes on behind its end.
  ///
  /// `memchr` finds the ends: base64 has no quotes, and a debug build reads no faster by itself.
  mutating func add(array: UnsafeRawBufferPointer) {
    guard let base = array.baseAddress else { return }
    var place = 1
    func quote(from start: Int) -> Int? {
      guard start < array.count else { return nil }
      return memchr(base + start, Int32(UInt8(ascii: "\"")), array.count - start).map {
        UnsafeRawPointer($0) - base
      }
    }
    while place < array.count, array[place] != UInt8(ascii: "]"), let start = quote(from: place),
      let end = quote(from: start + 1)
    {
      add(UnsafeRawBufferPointer(rebasing: array[start + 1..<end]))
      place = end + 1
    }
  }

  mutating func add(_ text: UnsafeRawBufferPointer) {
    guard let name = updates.name(of: text) else {
      stranger = stranger ?? String(decoding: text.prefix(80), as: UTF8.self)
      return
    }
    if counts[name.writer][name.number] == 0 { distinctCounts[name.writer] += 1 }
    counts[name.writer][name.number] += 1
  }

  /// Fails where something is missing, or strange.
  ///
  /// - Parameter released: how many updates of each writer there must be.
  func check(_ who: String, haveAll released: Int) throws(ChaosFailure) {
    if let stranger { throw ChaosFailure("\(who): '\(stranger)' is none of the updates") }
    for (writer, numbers) in counts.enumerated() {
      if let missing = numbers[..<released].firstIndex(of: 0) {
        throw ChaosFailure("\(who): update \(missing) of writer \(writer) is missing")
      }
    }
  }
}
