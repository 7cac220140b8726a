import ArgumentParser
import InstProtocol

/// Which branch of which inst, where a command can do without one.
struct OptionalBranchOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The inst: record/inst, /inst, or a bare name for a public one.", valueName: "inst"),
    completion: .custom { _, _, _ in ProfileCompletion.insts() })
  var inst: String?

  @OptionGroup var place: BranchPlaceOptions

  /// Whether something is said that makes sense with an inst only.
  var sayMoreThanAnInst: Bool {
    place.branch != nil || place.record != nil || place.recordKeyFile != nil
  }

  /// The branch that the options name, nil where they name no inst.
  func address(_ settings: Settings) throws(Failure) -> BranchAddress? {
    guard let inst else { return nil }
    return try settings.branch(of: inst, record: place.record)
  }
}
