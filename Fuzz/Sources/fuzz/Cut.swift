/// How a stream is cut into the pieces in which it arrives.
enum Cut {
  case nowhere
  case everywhere
  /// Behind each so many bytes in turn, over and over: 1 + each byte of the pattern.
  case pattern(UInt8, UInt8)

  static func some(_ seed: UInt8) -> [Cut] {
    [.everywhere, .pattern(seed & 0x0F, seed >> 4), .pattern(seed, 0)]
  }

  /// The pieces, each in memory of its own so that AddressSanitizer sees a look beyond its end.
  func pieces(of stream: some Collection<UInt8>) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let size = size(ofPiece: pieces.count) ?? rest.count
      pieces.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return pieces
  }

  private func size(ofPiece index: Int) -> Int? {
    switch self {
    case .nowhere: nil
    case .everywhere: 1
    case .pattern(let one, let other): 1 + Int(index % 2 == 0 ? one : other)
    }
  }
}
