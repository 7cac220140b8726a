/// What can be printed on stdout: the types of lines, with the fields beside those that every line has.
struct LineType: Sendable {
  let name: String
  /// The commands that print such lines.
  let commands: String
  let fields: String

  /// All of them, in the order in which they are explained.
  static var all: [LineType] {
    [
      LineType(
        name: "updates",
        commands:
          "watch, get-updates, diff --as-update, and --dry-run of set, unset, bots and add-updates",
        fields: "updates (base64), initial, replay (the state again after a reconnect), timestamps"),
      LineType(
        name: "sync", commands: "watch, devices",
        fields: "complete: the state has been printed, what follows is news"),
      LineType(
        name: "connection", commands: "watch, devices",
        fields: "state, connected, attempt, retryInMs, reason, closeCode"),
      LineType(name: "action", commands: "watch", fields: "action: a device action, as it came"),
      LineType(
        name: "error", commands: "watch, devices", fields: "kind, errorCode, errorMessage, reason"),
      LineType(name: "rate_limit", commands: "watch, devices", fields: "retryAfterMs"),
      LineType(
        name: "message", commands: "watch, devices",
        fields: "message: anything else that the server sends, as it came"),
      LineType(
        name: "decoded", commands: "decode, and with --decode watch, get-updates, add-updates",
        fields: "index, id, timestamp, sizeBytes, clients, structs, deletions, changes, waiting; "
          + "or decodeError"),
      LineType(
        name: "bot", commands: "state, watch --state", fields: "bot: id, tags, masks"),
      LineType(
        name: "change", commands: "watch --state",
        fields: "bot, tag (null: the bot itself), mask (true: a tag mask), from, to, client"),
      LineType(
        name: "gap", commands: "gaps",
        fields:
          "kind (clocks, struct, deletion), client, clock, length, waiting, needs, as, update, place"
      ),
      LineType(
        name: "difference", commands: "diff",
        fields: "only (a or b), client, clock, length, deletion; or bot, tag, mask, a, b"),
      LineType(
        name: "ack", commands: "add-updates, set, unset, bots",
        fields: "updateId, ackMs, tries"),
      LineType(name: "sent", commands: "send-action", fields: "taskId"),
      LineType(
        name: "action_result", commands: "send-action",
        fields: "success, result or error, taskId, connection"),
      LineType(name: "device_connected", commands: "devices", fields: "connection"),
      LineType(name: "device_disconnected", commands: "devices", fields: "connection"),
      LineType(name: "count", commands: "count", fields: "count"),
      LineType(
        name: "timesync", commands: "timesync", fields: "offsetMs, latencyMs, spreadMs, samples"),
      LineType(name: "login", commands: "login", fields: "success, info"),
      LineType(name: "login_request", commands: "login", fields: "userId, requestId"),
      LineType(name: "whoami", commands: "whoami", fields: "info, origin, credentials, source"),
      LineType(name: "logout", commands: "logout", fields: "origin, revoked"),
      LineType(
        name: "token", commands: "token", fields: "connectionId, userId, token, which is a secret"),
      LineType(name: "inst", commands: "insts list", fields: "the inst, as the server lists it"),
      LineType(
        name: "permission_result", commands: "permission request",
        fields: "success, alreadyGranted, errorCode"),
      LineType(
        name: "permission_request", commands: "permission grant, deny",
        fields: "reason, user, connection, answer"),
      LineType(
        name: "http_response", commands: "http", fields: "statusCode, headers, body"),
      LineType(name: "frame", commands: "call, --output raw", fields: "direction, frame"),
      LineType(
        name: "profile", commands: "profile",
        fields: "name, server, used, path, settings, insts, removed"),
      LineType(
        name: "setting", commands: "profile show --origin",
        fields: "setting, value, source, option, variable, field"),
      LineType(name: "listening", commands: "serve", fields: "url"),
      LineType(
        name: "login_code", commands: "serve", fields: "userId, address, requestId, code"),
    ]
  }
}
