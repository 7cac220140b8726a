extension HelpTopic {
  /// `instctl help auth`.
  static var auth: HelpTopic {
    HelpTopic(
      name: "auth", abstract: "who we are to a server",
      parts: [
        .text(
          "Public insts need no more than a connection id, which is random unless --connection-id gives one. "
            + "Insts of a record need one of these; the first one that there is counts:"),
        .table([
          Row(
            name: "--token-file FILE",
            meaning:
              "a connection token, as another tool or 'instctl token' makes it; good for one inst"),
          Row(
            name: "--key-file FILE",
            meaning: "a connection key, from which a token is made for the inst and each connection"
          ),
          Row(
            name: "--key-command COMMAND",
            meaning: "a shell command that prints the connection key: pass show inst/key"),
          Row(name: "INSTCTL_TOKEN, INSTCTL_KEY", meaning: "the token or the key itself"),
          Row(
            name: "INSTCTL_TOKEN_FILE …",
            meaning: "INSTCTL_TOKEN_FILE, INSTCTL_KEY_FILE, INSTCTL_KEY_COMMAND: as the options"),
          Row(
            name: "a profile", meaning: "its tokenFile, keyFile or keyCommand, at its own server"),
          Row(
            name: "instctl login",
            meaning:
              "signs in with a code that the server mails, and stores the keys for the server's origin "
              + "alone; 'instctl logout' takes them back"),
        ]),
        .text("'instctl whoami' says who the server takes us for, and where that comes from."),
        .heading("Other keys"),
        .table([
          Row(
            name: "record key",
            meaning: "--record-key-file or INSTCTL_RECORD_KEY: takes the place of its record's name"
          ),
          Row(
            name: "session key",
            meaning:
              "--session-key-file or INSTCTL_SESSION_KEY: for what goes over HTTP, as 'insts list' does"
          ),
          Row(
            name: "what a gateway asks for",
            meaning:
              "--header @FILE, --cookie-file FILE, or a client certificate: --cert, --cert-key"
          ),
          Row(
            name: "a proxy's password",
            meaning: "--proxy-credentials-file FILE, or in the URL of INSTCTL_PROXY or HTTPS_PROXY"),
        ]),
        .heading("How secrets are kept"),
        .text(
          "No secret is the value of an option, since every user of the machine can see it there. A file with "
            + "tokens, keys, passwords, login codes, header fields or cookies that others may read is refused, "
            + "with exit code 78: 'chmod 600 FILE' makes it private. Secrets are masked in traces, messages and "
            + "errors, and are not in the environment of commands that are started here. Those find HTTPS_PROXY and its "
            + "like as they are: they may need the proxy, too. INSTCTL_PROXY is for instctl alone."),
      ])
  }
}
