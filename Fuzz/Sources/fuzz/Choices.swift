/// The first bytes of an input choose the configuration; the rest is what is fed.
struct Choices {
  private(set) var rest: Slice<UnsafeRawBufferPointer>

  init(_ input: UnsafeRawBufferPointer) {
    rest = input[...]
  }

  /// The next byte, 0 behind the end.
  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// One of the values, by the next byte.
  mutating func one<Value>(of values: [Value]) -> Value {
    values[Int(byte()) % values.count]
  }

  /// So many bytes, or what is left, in memory of their own.
  mutating func bytes(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// The bytes up to the next zero, which is dropped, as text.
  mutating func text() -> String {
    let bytes = rest.prefix { $0 != 0 }
    rest = rest.dropFirst(bytes.count + 1)
    return String(decoding: bytes, as: UTF8.self)
  }
}
