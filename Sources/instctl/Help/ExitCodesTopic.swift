extension HelpTopic {
  /// `instctl help exit-codes`: from the table by which errors are mapped.
  static var exitCodes: HelpTopic {
    HelpTopic(name: "exit-codes", abstract: "what a command's exit code says", parts: [])
  }
}
