import Foundation
import Glibc

/// The updates that the writers send: each names its writer and number, and is filled up to any size
/// from 8 bytes to 20 KB of base64.
struct NumberedUpdates {
  /// Which update a text is.
  struct Name: Hashable {
    let writer: Int
    let number: Int
  }

  /// More than any writer sends.
  private static let numbers = 1_000_000
  /// Makes all names equally long.
  private static let head = 10_000_000

  let perWriter: Int
  private let texts: [[[UInt8]]]

  init(writers: Int, perWriter: Int, using random: inout SplitMix64) {
    self.perWriter = perWriter
    texts = (0..<writers).map { writer in
      (0..<perWriter).map { number in
        // Most are small, as keystrokes are: the state, which every watch transfers, stays small, too.
        let size = random.oneIn(20) ? random.logarithmic(300, 15_000) : random.logarithmic(1, 200)
        let filling = (1..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        // Eight digits are base64, too, and are read fast.
        let name = String(writer * Self.numbers + number + Self.head)
        return Array((name + Data(filling).base64EncodedString()).utf8)
      }
    }
  }

  func text(_ writer: Int, _ number: Int) -> String {
    String(decoding: texts[writer][number], as: UTF8.self)
  }

  /// Bytes of all texts together.
  var size: Int { texts.joined().reduce(0) { $0 + $1.count } }

  /// Which update this is, whole and unchanged; nil for none.
  func name(of text: UnsafeRawBufferPointer) -> Name? {
    guard text.count >= 8 else { return nil }
    var digits = -Self.head
    var unit = Self.numbers * 10
    for digit in text[..<8] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      digits += unit * Int(digit - UInt8(ascii: "0"))
      unit /= 10
    }
    guard digits >= 0 else { return nil }
    let name = Name(writer: digits / Self.numbers, number: digits % Self.numbers)
    guard name.writer < texts.count, name.number < perWriter else { return nil }
    return texts[name.writer][name.number].withUnsafeBytes { expected in
      guard expected.count == text.count, let text = text.baseAddress,
        let expected = expected.baseAddress
      else { return false }
      return memcmp(expected, text, self.texts[name.writer][name.number].count) == 0
    } ? name : nil
  }
}
