import ArgumentParser
import InstProtocol

/// Which branch of which inst.
struct BranchOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The inst: record/inst, /inst, or a bare name for a public one.", valueName: "inst"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var inst: String

  @OptionGroup var place: BranchPlaceOptions

  /// The branch that the options name.
  func address(_ settings: Settings) throws(Failure) -> BranchAddress {
    try settings.branch(of: inst, record: place.record)
  }
}
