extension HelpTopic {
  /// `instctl help exit-codes`: from the tables by which errors are mapped.
  static var exitCodes: HelpTopic {
    HelpTopic(
      name: "exit-codes", abstract: "what a command's exit code says",
      parts: [
        .text(
          "The first fatal error decides, and nothing that failed exits with 0. The error on stderr has the code, "
            + "too (exit), and says whether trying again can help (retryable)."),
        .table(ExitStatus.allCases.map { Row(name: "\($0.rawValue)", meaning: $0.meaning) }),
        .heading("The server's error codes"),
        .text("They become exit codes so; the first line that fits counts, and * is anything."),
        .table(
          ServerErrorCodes.table.map { row in
            Row(name: "\(row.exit.rawValue)", meaning: row.codes.joined(separator: ", "))
          }),
      ])
  }
}
