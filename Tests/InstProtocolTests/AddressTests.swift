import InstProtocol
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("record/inst", "record", "inst"), ("/inst", nil, "inst"), ("a/b/c", "a", "b/c"),
    ("//x", nil, "/x"), ("record/", "record", ""), ("/", nil, ""),
  ])
  func instIDs(id: String, recordName: String?, inst: String) {
    #expect(parseInstId(id) == InstAddress(recordName: recordName, inst: inst))
    #expect(formatInstId(recordName: recordName, inst: inst) == id)
    #expect(normalizeInstId(id) == id)
  }

  @Test func legacyIDs() {
    #expect(parseInstId("") == nil)
    #expect(parseInstId("old") == nil)
    #expect(normalizeInstId("old") == "/old")
    #expect(normalizeInstId("") == nil)
  }

  @Test(arguments: [
    ("rec", "inst", "main"), (nil, "inst", "default"), ("rec", "a/b", "x"), (nil, "", ""),
  ])
  func namespaces(recordName: String?, inst: String, branch: String) {
    let address = BranchAddress(recordName: recordName, inst: inst, branch: branch)
    let own = branchNamespace(recordName: recordName, inst: inst, branch: branch)
    let watched = watchBranchNamespace(recordName: recordName, inst: inst, branch: branch)
    #expect(own == "/branch/\(recordName ?? "")/\(inst)/\(branch)")
    #expect(watched == "/watched_branch/\(recordName ?? "")/\(inst)/\(branch)")
    #expect(branchFromNamespace(own) == address)
    #expect(branchFromNamespace(watched) == address)
  }

  @Test(arguments: ["", "/", "/branch/", "/branch/a/b", "/other/a/b/c", "branch/a/b/c"])
  func noNamespace(text: String) {
    #expect(branchFromNamespace(text) == nil)
  }

  @Test func namesAreNotNormalised() {
    let composed = BranchAddress(recordName: nil, inst: "\u{E9}", branch: "b")
    let decomposed = BranchAddress(recordName: nil, inst: "e\u{301}", branch: "b")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(composed.instAddress != decomposed.instAddress)
    #expect(
      BranchAddress(recordName: nil, inst: "i", branch: "b")
        != BranchAddress(recordName: "", inst: "i", branch: "b"))
  }
}
