extension Settings {
  /// Refuses options that say as whom to log in, where somebody is about to become known.
  func refuseCredentials() throws(Failure) {
    try refuse(
      [.tokenFile, .keyFile, .keyCommand, .connectionID],
      because: "it says as whom to log in, and the command does not, or finds it out")
  }

  /// Refuses options that are about the socket, for commands that use the HTTP API alone.
  func refuseSocketOptions() throws(Failure) {
    try refuseCredentials()
    try refuse(
      [
        .retries, .reconnect, .backoff, .pingInterval, .pingTimeout, .origin, .subprotocol,
        .compress, .dialect, .largeMessages,
      ],
      because: "it is about the socket, and the command uses the HTTP API")
  }

  /// Refuses all options of the connection but these, for commands that make none.
  func refuseConnectionOptions(but allowed: [Setting]) throws(Failure) {
    try refuse(
      Setting.allCases.filter { !allowed.contains($0) && !Self.output.contains($0) },
      because: "the command makes no connection")
  }

  /// For commands that read a file: no server has a part in it.
  func refuseServers() throws(Failure) {
    try refuseFrames()
    try refuse(
      Setting.allCases.filter { !Self.output.contains($0) },
      because: "the updates come from a file")
  }

  private static let output: [Setting] = [.output, .color, .logFormat, .verbose, .quiet]

  /// For commands that have no frames of the wire to show.
  func refuseFrames() throws(Failure) {
    if output.value == .raw, output.source == .option {
      throw .usage("this command shows no frames: --output raw is not for it")
    }
  }

  /// Only what was given as an option is refused: variables and profiles are there for other commands, too.
  func refuse(_ settings: [Setting], because reason: String) throws(Failure) {
    for row in table where row.source == .option && settings.contains(row.setting) {
      throw .usage("\(row.setting.option) has no meaning here: \(reason)")
    }
  }
}
