/// A binary heap: the smallest element is first.
struct MinHeap<Element: Comparable> {
  private(set) var elements: [Element] = []

  var first: Element? { elements.first }
  var isEmpty: Bool { elements.isEmpty }

  mutating func insert(_ element: Element) {
    elements.append(element)
    var index = elements.count - 1
    while index > 0, elements[index] < elements[(index - 1) / 2] {
      elements.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  @discardableResult
  mutating func removeFirst() -> Element? {
    guard let first = elements.first, let last = elements.popLast() else { return nil }
    if !elements.isEmpty { replaceFirst(by: last) }
    return first
  }

  /// Puts another element in the place of the first one, and where it belongs.
  mutating func replaceFirst(by element: Element) {
    elements[0] = element
    var index = 0
    while true {
      var smallest = index
      for child in 2 * index + 1...2 * index + 2
      where child < elements.count && elements[child] < elements[smallest] {
        smallest = child
      }
      if smallest == index { return }
      elements.swapAt(index, smallest)
      index = smallest
    }
  }
}

extension MinHeap: Sendable where Element: Sendable {}
