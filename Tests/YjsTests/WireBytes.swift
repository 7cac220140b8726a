/// Updates put together by hand.
enum WireBytes {
  /// A struct of the root map or list `r`, with the bytes of its content.
  static func rootItem(_ kind: UInt8, key: String? = nil, _ content: [UInt8]) -> [UInt8] {
    [kind | (key == nil ? 0 : 0x20), 1, 1] + Array("r".utf8) + (key.map(string) ?? []) + content
  }

  static func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  /// The structs of one client from clock 0 on.
  static func update(
    client: UInt8 = 1, clock: UInt8 = 0, _ structs: [[UInt8]], deleted: [UInt8] = [0]
  ) -> [UInt8] {
    [1, UInt8(structs.count), client, clock] + structs.joined() + deleted
  }
}
