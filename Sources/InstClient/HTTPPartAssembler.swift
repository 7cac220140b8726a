import InstProtocol
import JSONText

/// Puts the parts of a tunnelled response in order: they are numbered from 0, the last says that it is
/// the last, and they can arrive in any order (PROTOCOL section 5, Tunnelled HTTP).
///
/// A value: it sends nothing and reads no clock.
struct HTTPPartAssembler {
  enum Fault: Error, Hashable {
    /// A number that no part can have, or one behind the last.
    case impossibleIndex
    /// Two parts say that they are the last.
    case twoEnds
    /// So much came ahead of a part that is missing that it cannot be held.
    case tooMuchHeld
  }

  /// Parts that wait for one before them.
  private var held: [Int: TunnelledResponse] = [:]
  private var heldBytes = 0
  private var nextIndex = 0
  private var endIndex: Int?

  private static let maximumParts = 10_000
  private static let maximumBytes = 64 << 20

  /// Whether every part has been handed over.
  var isComplete: Bool { endIndex.map { nextIndex > $0 } ?? false }

  /// Whether any part has been handed over.
  var hasBegun: Bool { nextIndex > 0 }

  /// Takes a part.
  ///
  /// - Parameter index: nil where the dialect does not number parts: then they come in order.
  /// - Returns: The parts whose turn it is now, in order.
  mutating func receive(
    _ part: TunnelledResponse, index: Int?, isFinal: Bool
  ) throws(Fault) -> [TunnelledResponse] {
    let index = index ?? nextIndex
    guard index >= 0, endIndex.map({ index <= $0 }) ?? true else { throw .impossibleIndex }
    if isFinal {
      guard endIndex == nil || endIndex == index else { throw .twoEnds }
      guard held.keys.allSatisfy({ $0 <= index }) else { throw .impossibleIndex }
      endIndex = index
    }
    // The same part once more is no news.
    guard index >= nextIndex, held[index] == nil else { return [] }
    held[index] = part
    heldBytes += part.size
    guard held.count <= Self.maximumParts, heldBytes <= Self.maximumBytes else {
      throw .tooMuchHeld
    }
    var ready: [TunnelledResponse] = []
    while let part = held.removeValue(forKey: nextIndex) {
      heldBytes -= part.size
      ready.append(part)
      nextIndex += 1
    }
    return ready
  }
}

extension TunnelledResponse {
  fileprivate var size: Int { (body?.bytes.count ?? 0) + (headers?.bytes.count ?? 0) }
}
