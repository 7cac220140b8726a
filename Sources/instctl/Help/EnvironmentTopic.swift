extension HelpTopic {
  /// `instctl help environment`: from the list of settings itself.
  static var environment: HelpTopic {
    HelpTopic(
      name: "environment", abstract: "settings, variables, profiles",
      parts: [
        .text(
          "What holds is, setting by setting, the option, else the variable, else the profile's field, else "
            + "the default. 'instctl profile show --origin' says what that is, and where it comes from."
        ),
        .heading("Settings: variable, field of a profile, option"),
        .table(Setting.allCases.map(row)),
        .text(
          "timeout holds for every command: those that ask for something fail when nothing has moved for so long, "
            + "and those that follow something, such as watch, when nothing else has ended them by then."
        ),
        .heading("What values look like"),
        .table([
          Row(name: "a duration", meaning: "500ms, 5s, 2m or 1h: a number with its unit"),
          Row(name: "a size", meaning: "64KiB, 1MiB, 10MB, or a number of bytes"),
          Row(name: "backoff", meaning: "two durations, 500ms..30s"),
          Row(name: "pingInterval", meaning: "a duration, or off"),
          Row(name: "retries, verbose", meaning: "a number; verbose is 0, 1 or 2"),
          Row(name: "ipVersion", meaning: "4 or 6"),
          Row(
            name: "reconnect, insecure, compress, quiet",
            meaning: "true or false, also 1 or 0, yes or no, on or off"),
          Row(
            name: "pin, resolve, header, subprotocol",
            meaning: "any number: one a line in a variable, an array in a profile"),
        ]),
        .heading("Variables that hold secrets"), .table(secrets),
        .heading("Other variables"), .table(others),
        .heading("Profiles"),
        .text(
          "A profile is a JSON object in profiles/NAME.json, with fields of the table above, and insts, an "
            + "array of insts that completions offer. config.json names the one in use: {\"profile\":\"NAME\"}. "
            + "Both are in $XDG_CONFIG_HOME/instctl, by default ~/.config/instctl, with credentials.json, where "
            + "'instctl login' keeps keys by the server's origin. Nobody else may be able to read them."
        ),
        .code([
          #"{"server":"https://inst.example.com","keyCommand":"pass show inst/key","retries":5}"#
        ]),
      ])
  }

  private static func row(_ setting: Setting) -> Row {
    let value = setting.defaultText.map { " (default: \($0))" } ?? ""
    return Row(name: setting.variable, meaning: "\(setting.field), \(setting.option)\(value)")
  }

  private static let secrets = [
    Row(name: GivenCredential.tokenVariable, meaning: "a connection token"),
    Row(name: GivenCredential.keyVariable, meaning: "a connection key"),
    Row(name: Settings.recordKeyVariable, meaning: "a record key"),
    Row(name: Settings.sessionKeyVariable, meaning: "a session key, for the HTTP API"),
    Row(
      name: "INSTCTL_CERT_PASSWORD", meaning: "the password of the client certificate's key"),
    Row(
      name: "\(Setting.proxy.variable), HTTPS_PROXY …",
      meaning: "may have a user and password in their URLs"),
    Row(name: Setting.header.variable, meaning: "may have header fields that are secrets"),
  ]

  private static let others = [
    Row(name: Settings.profileVariable, meaning: "the profile, where --profile names none"),
    Row(
      name: "HTTPS_PROXY, ALL_PROXY, NO_PROXY",
      meaning:
        "the proxy, and what needs none, as other programs have it: *, hosts, domains, addresses and "
        + "networks (10.0.0.0/8), also with a port, and commas between them; also in lower case; http_proxy, "
        + "in lower case alone, for servers without TLS"),
    Row(
      name: "SSL_CERT_FILE, SSL_CERT_DIR",
      meaning: "trusted certificates instead of the system's, as for OpenSSL's own programs"),
    Row(
      name: "SSLKEYLOGFILE",
      meaning:
        "a file to which TLS secrets are added, with which a recording of the traffic can be read; "
        + "warned of each time"),
    Row(name: "NO_COLOR, TERM", meaning: "no colours when NO_COLOR is set, or TERM is dumb"),
    Row(
      name: "COLUMNS", meaning: "the width that pretty keeps to on a terminal, instead of its own"),
    Row(name: "XDG_CONFIG_HOME, HOME", meaning: "where the configuration is"),
  ]
}
