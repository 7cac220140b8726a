/// Options that say which branch is meant.
protocol BranchNaming {
  var place: BranchPlaceOptions { get }
}

extension BranchOptions: BranchNaming {}
extension BranchesOptions: BranchNaming {}
extension OptionalBranchOptions: BranchNaming {}

extension Settings {
  /// Resolves everything for a command that is about branches.
  init(
    _ options: ServerOptions?, _ output: OutputOptions, branch: any BranchNaming,
    timeout: DurationArgument? = nil
  ) throws(Failure) {
    try self.init(
      options, output, branch: branch.place.branch, timeout: timeout,
      recordKeyFile: branch.place.recordKeyFile)
  }
}
