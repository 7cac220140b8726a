/// Writes JSON into memory of its own, made to be used again for one line after the other.
///
/// Commas come by themselves; what is nested how is the caller's part.
///
/// ```swift
/// writer.beginObject()
/// writer.key("type")
/// writer.string("updates")
/// writer.key("updates")
/// writer.passThrough(updates)
/// writer.endObject()
/// writer.finishLine()
/// ```
///
/// The memory grows with what is written and is kept until the writer goes: how much to write before
/// ``removeAll(keepingCapacity:)`` is the caller's decision.
public struct JSONWriter: ~Copyable {
  @usableFromInline var storage: UnsafeMutableRawBufferPointer
  @usableFromInline var used = 0
  /// Whether something stands before the next value or name in the same array or object.
  @usableFromInline var needsComma = false

  /// An empty writer with room for `capacity` bytes.
  public init(capacity: Int = 4_096) {
    storage = .allocate(byteCount: max(capacity, 64), alignment: 8)
  }

  deinit {
    storage.deallocate()
  }

  // MARK: Structure

  /// Opens an object.
  @inlinable
  public mutating func beginObject() {
    open(UInt8(ascii: "{"))
  }

  /// Closes the innermost object.
  @inlinable
  public mutating func endObject() {
    close(UInt8(ascii: "}"))
  }

  /// Opens an array.
  @inlinable
  public mutating func beginArray() {
    open(UInt8(ascii: "["))
  }

  /// Closes the innermost array.
  @inlinable
  public mutating func endArray() {
    close(UInt8(ascii: "]"))
  }

  /// Writes the name of a member; its value comes next. The name must be such that nothing in it
  /// needs an escape.
  @inlinable
  public mutating func key(_ name: StaticString) {
    let count = name.utf8CodeUnitCount
    reserve(count &+ 4)
    separate()
    append(UInt8(ascii: "\""))
    append(UnsafeRawBufferPointer(start: name.utf8Start, count: count))
    append(UInt8(ascii: "\""))
    append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes the name of a member; its value comes next.
  public mutating func key(string name: String) {
    string(name)
    reserve(1)
    append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Ends a line with a line feed. Values of the next line are separate from those before.
  @inlinable
  public mutating func finishLine() {
    reserve(1)
    append(UInt8(ascii: "\n"))
    needsComma = false
  }

  // MARK: Values

  /// Writes `null`.
  @inlinable
  public mutating func null() {
    literal("null")
  }

  /// Writes `true` or `false`.
  @inlinable
  public mutating func bool(_ value: Bool) {
    if value { literal("true") } else { literal("false") }
  }

  /// Writes trusted JSON that the program itself holds: a value, or inside an object also a list of
  /// members such as `"a":1,"b":2`.
  @inlinable
  public mutating func literal(_ json: StaticString) {
    raw(UnsafeRawBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
  }

  /// Writes trusted JSON as it is: a value, or inside an object also a list of members such as
  /// `"a":1,"b":2`. Nothing is checked; for text that a peer has sent there is
  /// ``passThrough(_:isPlain:)``.
  @inlinable
  public mutating func raw(_ json: UnsafeRawBufferPointer) {
    reserve(json.count &+ 1)
    separate()
    append(json)
    needsComma = true
  }

  /// Writes trusted JSON that the program itself has made, as it is.
  @inlinable
  public mutating func raw(_ json: [UInt8]) {
    json.withUnsafeBytes { raw($0) }
  }

  /// Writes a value as it came. It may contain line breaks, and characters that mean something to a
  /// terminal; for output there is ``passThrough(_:)``.
  public mutating func raw(_ json: RawJSON) {
    json.bytes.withUnsafeBytes { raw($0) }
  }

  /// Writes a tree.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .number(let value): number(value)
    case .string(let value): string(value)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        key(string: member.name)
        self.value(member.value)
      }
      endObject()
    }
  }

  // MARK: What has been written

  /// The number of bytes written.
  @inlinable
  public var count: Int { used }

  /// A copy of the bytes written.
  public var bytes: [UInt8] { Array(storage[..<used]) }

  /// Lends the bytes written.
  @inlinable
  public borrowing func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: storage[..<used]))
  }

  /// Forgets what was written.
  ///
  /// - Parameter keepingCapacity: Whether the memory is kept for what comes next, as it usually
  ///   should be.
  public mutating func removeAll(keepingCapacity: Bool = true) {
    used = 0
    needsComma = false
    guard !keepingCapacity else { return }
    storage.deallocate()
    storage = .allocate(byteCount: 64, alignment: 8)
  }

  // MARK: Memory

  /// Makes room for `count` more bytes.
  @inlinable
  @inline(__always)
  public mutating func reserve(_ count: Int) {
    if storage.count &- used < count { grow(by: count) }
  }

  @usableFromInline
  @inline(never)
  mutating func grow(by count: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(storage.count * 2, used + count), alignment: 8)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<used]))
    storage.deallocate()
    storage = larger
  }

  @inlinable
  @inline(__always)
  mutating func open(_ bracket: UInt8) {
    reserve(2)
    separate()
    append(bracket)
    needsComma = false
  }

  @inlinable
  @inline(__always)
  mutating func close(_ bracket: UInt8) {
    reserve(1)
    append(bracket)
    needsComma = true
  }

  /// Puts the comma that is due. Room must have been made, as for the other two.
  @inlinable
  @inline(__always)
  mutating func separate() {
    if needsComma { append(UInt8(ascii: ",")) }
  }

  @inlinable
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    storage[used] = byte
    used &+= 1
  }

  @inlinable
  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let from = bytes.baseAddress, let base = storage.baseAddress else { return }
    (base + used).copyMemory(from: from, byteCount: bytes.count)
    used &+= bytes.count
  }
}
