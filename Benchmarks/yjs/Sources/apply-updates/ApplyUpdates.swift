import Glibc
import Yjs

/// Applies the updates of a file (each behind its size in four bytes, little-endian) to a document,
/// and prints: seconds of processor time, kilobytes of memory that it added, a hash of the state.
@main
struct ApplyUpdates {
  static func main() throws {
    let updates = try read(CommandLine.arguments[1])
    let memory = residentKilobytes()
    let start = processorTime()
    var document = YDocument(clientID: 1)
    for update in updates { try document.applyUpdate(update) }
    let seconds = processorTime() - start
    let added = residentKilobytes() - memory
    let encodeStart = processorTime()
    let state = document.encodeStateAsUpdate()
    print(seconds, added, state.count, processorTime() - encodeStart, hash(state))
  }

  private static func read(_ path: String) throws -> [[UInt8]] {
    guard let file = fopen(path, "r") else { throw Unreadable() }
    defer { fclose(file) }
    var updates: [[UInt8]] = []
    var size: UInt32 = 0
    while fread(&size, 4, 1, file) == 1 {
      var update = [UInt8](repeating: 0, count: Int(size))
      guard fread(&update, 1, update.count, file) == update.count else { throw Unreadable() }
      updates.append(update)
    }
    return updates
  }

  private struct Unreadable: Error {}

  private static func processorTime() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  private static func residentKilobytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let fields = line.split(separator: CChar(UInt8(ascii: " ")))
    let pages = fields[1].reduce(0) { 10 * $0 + Int($1) - Int(UInt8(ascii: "0")) }
    return pages * sysconf(Int32(_SC_PAGESIZE)) / 1024
  }

  /// FNV-1a: the same for the same bytes.
  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
