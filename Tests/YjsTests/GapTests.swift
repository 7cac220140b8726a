import Testing

@testable import Yjs

/// What updates lack.
@Suite struct GapTests {
  /// An update with a struct of text for each clock range, and deletions.
  private func update(
    _ structs: [(client: Int, clock: Int, length: Int, origin: ID?)],
    deleting: [IDSet.Range] = []
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func uint(_ value: Int) {
      var rest = value
      while rest > 0x7F {
        bytes.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    uint(structs.count)
    for (client, clock, length, origin) in structs {
      uint(1)
      uint(client)
      uint(clock)
      if let origin {
        bytes.append(0x84)
        uint(origin.client)
        uint(origin.clock)
      } else {
        bytes.append(0x04)
        uint(1)
        uint(1)
        bytes.append(UInt8(ascii: "t"))
      }
      uint(length)
      bytes += Array(repeating: UInt8(ascii: "x"), count: length)
    }
    uint(deleting.count)
    for range in deleting {
      uint(range.client)
      uint(1)
      uint(range.clock)
      uint(range.length)
    }
    return bytes
  }

  private func range(_ client: Int, _ clock: Int, _ length: Int) -> IDSet.Range {
    IDSet.Range(client: client, clock: clock, length: length)
  }

  private func gaps(_ updates: [[UInt8]]) throws -> [Gap] {
    var inventory = UpdateInventory()
    for update in updates { try inventory.add(update) }
    return inventory.gaps
  }

  @Test func thereAreNoneWhereAllIsThereInAnyOrder() throws {
    let first = update([(1, 0, 3, nil)])
    let second = update([(1, 3, 2, ID(client: 1, clock: 2))])
    let third = update([(2, 0, 1, ID(client: 1, clock: 4))], deleting: [range(1, 1, 4)])
    #expect(try gaps([first, second, third]).isEmpty)
    #expect(try gaps([third, second, first]).isEmpty)
    #expect(try gaps([]).isEmpty)
  }

  @Test func holesInClocksAreToldWithTheFirstUpdateBehind() throws {
    let updates = [
      update([(1, 0, 3, nil)]), update([(1, 8, 2, nil)]), update([(1, 5, 1, nil)]),
      update([(2, 4, 1, nil)]),
    ]
    #expect(
      try gaps(updates) == [
        .clocks(range(2, 0, 4), waiting: 1, update: 3),
        .clocks(range(1, 3, 2), waiting: 3, update: 1),
        .clocks(range(1, 6, 2), waiting: 2, update: 1),
      ])
  }

  @Test func structsThatNeedAMissingOneAreToldOnce() throws {
    let needy = update([(2, 0, 1, ID(client: 7, clock: 3))])
    #expect(
      try gaps([update([(7, 0, 3, nil)]), needy, needy]) == [
        .structure(
          ID(client: 2, clock: 0), needs: ID(client: 7, clock: 3), role: .origin, update: 1)
      ])
  }

  @Test func deletionsOfWhatIsMissingAreToldWithTheFirstUpdateThatHasThem() throws {
    let updates = [
      update([(1, 0, 4, nil)], deleting: [range(1, 6, 4)]),
      update([], deleting: [range(1, 2, 6)]),
      update([], deleting: [range(1, 8, 4)]),
    ]
    #expect(
      try gaps(updates) == [
        .deletion(range(1, 4, 2), update: 1), .deletion(range(1, 6, 4), update: 0),
        .deletion(range(1, 10, 2), update: 2),
      ])
  }

  @Test func whatIsNoUpdateIsAnErrorAndCountsAsANumber() throws {
    var inventory = UpdateInventory()
    #expect(throws: YjsError.self) { try inventory.add([1, 2]) }
    try inventory.add(update([(1, 1, 1, nil)]))
    #expect(inventory.gaps == [.clocks(range(1, 0, 1), waiting: 1, update: 1)])
  }

  /// Against sets of single clocks.
  @Test(arguments: 1...200) func setsAgreeWithSetsOfSingleClocks(seed: UInt64) {
    var random = SplitMix(seed: seed)
    func ranges() -> [IDSet.Range] {
      (0..<random.next(below: 9)).map { _ in
        range(
          1 + random.next(below: 2), random.next(below: 13),
          1 + random.next(below: 5))
      }
    }
    func ids(_ ranges: [IDSet.Range]) -> Set<ID> {
      Set(
        ranges.flatMap { range in
          (range.clock..<range.end).map { ID(client: range.client, clock: $0) }
        })
    }
    let (a, b) = (ranges(), ranges())
    #expect(ids(IDSet(a).subtracting(IDSet(b)).ranges) == ids(a).subtracting(ids(b)))
    #expect(ids(IDSet(a).union(IDSet(b)).ranges) == ids(a).union(ids(b)))
  }

  /// The deletions that are told are those that are missing, each with the first update that has it.
  @Test(arguments: 1...200) func deletionsAgreeWithLookingAtEachClock(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let updates = (0..<4).map { _ in
      update(
        [(1, random.next(below: 11), 1 + random.next(below: 3), nil)],
        deleting: [
          range(1, random.next(below: 13), 1 + random.next(below: 6))
        ])
    }
    var inventory = UpdateInventory()
    for update in updates { try inventory.add(update) }
    var told: [ID: Int] = [:]
    for case .deletion(let range, let number) in inventory.gaps {
      for clock in range.clock..<range.end { told[ID(client: 1, clock: clock)] = number }
    }
    var expected: [ID: Int] = [:]
    for (number, update) in updates.enumerated().reversed() {
      for range in try deleteSet(ofUpdate: update).ranges {
        for clock in range.clock..<range.end {
          let id = ID(client: 1, clock: clock)
          if !inventory.structs.contains(id) { expected[id] = number }
        }
      }
    }
    #expect(told == expected)
  }
}
