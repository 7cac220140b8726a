import ArgumentParser
import InstProtocol

/// Which branches: those of one name in any number of insts.
struct BranchesOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The insts: record/inst, /inst, or a bare name for a public one. One that is named twice is "
        + "followed once.", valueName: "inst"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var insts: [String]

  @OptionGroup var place: BranchPlaceOptions

  /// The branches that the options name, each once.
  func addresses(_ settings: Settings) throws(Failure) -> [BranchAddress] {
    var found: [BranchAddress] = []
    for inst in insts {
      let address = try address(of: inst, settings, first: found.first)
      if !found.contains(where: { $0.answered == address.answered }) { found.append(address) }
    }
    return found
  }

  private func address(
    of inst: String, _ settings: Settings, first: BranchAddress?
  ) throws(Failure) -> BranchAddress {
    // A record key that comes by stdin can be read only once.
    if let first, first.answered != first {
      guard !inst.isEmpty else { throw .usage("the inst is empty") }
      return BranchAddress(recordName: first.recordName, inst: inst, branch: settings.branch.value)
    }
    return try settings.branch(of: inst, record: place.record)
  }
}
