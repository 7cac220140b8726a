import Glibc
import InstProtocol
import JSONText

/// Why a journal cannot be used.
public enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file cannot be opened or read: `code` is an `errno`.
  case unreadable(path: String, code: Int32)
  /// The file cannot be written: `code` is an `errno`.
  case unwritable(path: String, code: Int32)
  /// A line is no entry.
  case damaged(path: String, line: Int, reason: String)
  /// Another server uses the file.
  case inUse(path: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .unreadable(let path, let code):
      "'\(path)' cannot be read: \(String(cString: strerror(code)))"
    case .unwritable(let path, let code):
      "'\(path)' cannot be written: \(String(cString: strerror(code)))"
    case .damaged(let path, let line, let reason): "'\(path)', line \(line): \(reason)"
    case .inUse(let path): "'\(path)' is in use by another server"
    }
  }
}

/// A file of JSON lines, one for each batch of updates that was stored: appended, flushed to the disk,
/// and read back at the start.
///
/// A last line without its line feed was being written when the server died; nobody was told of it, and
/// it is cut off.
final class Journal {
  private let path: String
  private let descriptor: Int32
  private var writer = JSONWriter(capacity: 64 * 1024)

  /// Opens the file, made if it is not there, and reads every entry.
  init(path: String, restore: (StoredUpdates) -> Void) throws(JournalError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path: path) }
    try read(restore)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func read(_ restore: (StoredUpdates) -> Void) throws(JournalError) {
    var rest: [UInt8] = []
    var line = 0
    var complete: off_t = 0
    while true {
      var code: Int32 = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 20) { space, count in
        let got = Glibc.read(descriptor, space.baseAddress, space.count)
        code = got < 0 ? errno : 0
        count = max(0, got)
      }
      if code == EINTR { continue }
      guard code == 0 else { throw .unreadable(path: path, code: code) }
      guard !chunk.isEmpty else { break }
      rest += chunk
      var start = 0
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        line += 1
        try restoreLine(Array(rest[start..<end]), number: line, restore)
        complete += off_t(end + 1 - start)
        start = end + 1
      }
      rest.removeFirst(start)
    }
    guard ftruncate(descriptor, complete) == 0, lseek(descriptor, complete, SEEK_SET) == complete
    else { throw .unwritable(path: path, code: errno) }
  }

  private func restoreLine(
    _ bytes: [UInt8], number: Int, _ restore: (StoredUpdates) -> Void
  ) throws(JournalError) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
      throw .damaged(path: path, line: number, reason: "not valid JSON: \(error)")
    }
    guard let inst = value["inst"]?.stringValue, let branch = value["branch"]?.stringValue,
      let updates = value["updates"], let elements = updates.arrayValue,
      let timestamp = value["timestamp"]?.intValue
    else { throw .damaged(path: path, line: number, reason: "a field is missing") }
    guard elements.allSatisfy({ $0.stringValue != nil }) else {
      throw .damaged(path: path, line: number, reason: "an update is no string")
    }
    let address = BranchAddress(
      recordName: value["recordName"]?.stringValue, inst: inst, branch: branch)
    restore(
      StoredUpdates(address: address, updates: RawJSON(updates), timestamp: Int64(timestamp)))
  }

  /// Takes an entry; it is on disk after ``flush()``.
  func append(_ entry: StoredUpdates) {
    writer.beginObject()
    writer.key("recordName")
    if let record = entry.address.recordName { writer.string(record) } else { writer.null() }
    writer.key("inst")
    writer.string(entry.address.inst)
    writer.key("branch")
    writer.string(entry.address.branch)
    writer.key("timestamp")
    writer.number(Int(entry.timestamp))
    writer.key("updates")
    // One line each, whatever white space the client wrote.
    writer.passThrough(entry.updates)
    writer.endObject()
    writer.finishLine()
  }

  /// Writes what was appended and waits until the disk has it.
  func flush() throws(JournalError) {
    guard writer.count > 0 else { return }
    let code: Int32 = writer.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return errno }
        rest = rest.dropFirst(count)
      }
      return fdatasync(descriptor) == 0 ? 0 : errno
    }
    writer.removeAll(keepingCapacity: writer.count <= 1 << 20)
    guard code == 0 else { throw .unwritable(path: path, code: code) }
  }
}
