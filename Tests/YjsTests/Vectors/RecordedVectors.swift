import Testing

/// Updates that pycrdt 0.14.13 has written, one a transaction, and what it made of them.
struct RecordedVector: Sendable, CustomTestStringConvertible {
  var name: String
  /// In base64.
  var updates: [String]
  /// The state as an update, in base64.
  var full: String
  /// As `yjs_oracle.py` writes it.
  var state: String

  var testDescription: String { name }

  static let all = [
    RecordedVector(
      name: "values of every kind",
      updates: [
        "AQGsAgAoAQNtYXAEdGV4dAF3AXYA",
        "AQGsAgEoAQNtYXADeWVzAXgA",
        "AQGsAgIoAQNtYXACbm8BeQA=",
        "AQGsAgMoAQNtYXAEbnVsbAF+AA==",
        "AQGsAgQoAQNtYXAFZmxvYXQBez+5mZmZmZmaAA==",
        "AQGsAgUoAQNtYXAEaGFsZgF8vwAAAAA=",
        "AQGsAgYoAQNtYXAGb2JqZWN0AXYBAWF1Anw/gAAAdgEBYn4A",
        "AQGsAgcoAQNtYXAFYnl0ZXMBdAIA/wA=",
        "AQGsAggoAQNtYXADYmlnAXxdgAAAAA==",
      ],
      full: """
        AQmsAgAoAQNtYXAEdGV4dAF3AXYoAQNtYXADeWVzAXgoAQNtYXACbm8BeSgBA21hcARudWxsAX4oAQNtYXAFZmxvYX\
        QBez+5mZmZmZmaKAEDbWFwBGhhbGYBfL8AAAAoAQNtYXAGb2JqZWN0AXYBAWF1Anw/gAAAdgEBYn4oAQNtYXAFYnl0\
        ZXMBdAIA/ygBA21hcANiaWcBfF2AAAAA
        """,
      state: """
        {s6172726179:[],s6d6170:{s626967:n43b0000000000000,s6279746573:b00ff,s666c6f6174:n3fb99999\
        9999999a,s68616c66:nbfe0000000000000,s6e6f:false,s6e756c6c:null,s6f626a656374:{s61:[n3ff00\
        00000000000,{s62:null}]},s74657874:s76,s796573:true},s74657874:t[],s786d6c:f[]}
        """),
    RecordedVector(
      name: "types of every kind",
      updates: [
        "AQOsAgAnAQNtYXABbQEnAKwCAAF4ASgArAIBAXkBdwRkZWVwAA==",
        "AQKsAgMnAQNtYXABdAIEAKwCAwJpbgA=",
        "AQSsAgYnAQNtYXABYQAIAKwCBgF8P4AAAIesAgcAh6wCCAEA",
        "AQWsAgoHAQN4bWwDAXAoAKwCCgVjbGFzcwF3AWMHAKwCCgYEAKwCDAJoaYesAgwDAmJyAA==",
        "AQKsAhCHrAIKBgQArAIQBHRhaWwA",
      ],
      full: """
        ARCsAgAnAQNtYXABbQEnAKwCAAF4ASgArAIBAXkBdwRkZWVwJwEDbWFwAXQCBACsAgMCaW4nAQNtYXABYQAIAKwCBg\
        F8P4AAAIesAgcAh6wCCAEHAQN4bWwDAXAoAKwCCgVjbGFzcwF3AWMHAKwCCgYEAKwCDAJoaYesAgwDAmJyh6wCCgYE\
        AKwCEAR0YWlsAA==
        """,
      state: """
        {s6172726179:[],s6d6170:{s61:[n3ff0000000000000,[],{}],s6d:{s78:{s79:s64656570}},s74:t[[s6\
        96e,{}]]},s74657874:t[],s786d6c:f[e[s70,{s636c617373:s63},[t[[s6869,{}]],e[s6272,{},[]]]],\
        t[[s7461696c,{}]]]}
        """),
    RecordedVector(
      name: "formats and embedded objects",
      updates: [
        "AQGsAgAEAQR0ZXh0C2hlbGxvIHdvcmxkAA==",
        "AQKsAgtGrAIAAWIEdHJ1ZcasAgSsAgUBYgRudWxsAA==",
        "AQGsAg3FrAICrAIDDXsiaW1hZ2UiOiJ1In0A",
        "AQGsAg5ErAILBfCfmIAgAA==",
        "AAGsAgEAAg==",
        "AQKsAhFGrAIOBWNvbG9yBSJyZWQixqwCDKwCBQVjb2xvcgRudWxsAA==",
      ],
      full: """
        AQqsAgABAQR0ZXh0AoSsAgEBbISsAgICbG+ErAIEBiB3b3JsZEasAgABYgR0cnVlxqwCBKwCBQFiBG51bGzFrAICrA\
        IDDXsiaW1hZ2UiOiJ1In1ErAILBfCfmIAgRqwCDgVjb2xvcgUicmVkIsasAgysAgUFY29sb3IEbnVsbAGsAgEAAg==
        """,
      state: """
        {s6172726179:[],s6d6170:{},s74657874:t[[sf09f988020,{s636f6c6f72:s726564}],[s6c,{s62:true,\
        s636f6c6f72:s726564}],[{s696d616765:s75},{s62:true,s636f6c6f72:s726564}],[s6c6f,{s62:true,\
        s636f6c6f72:s726564}],[s20776f726c64,{}]],s786d6c:f[]}
        """),
    RecordedVector(
      name: "a character cut in two by pycrdt, which leaves an empty struct",
      updates: [
        "AQGsAgAEAQR0ZXh0BWhlbGxvAA==",
        "AQGsAgVErAIABfCfmIAgAA==",
        "AAGsAgEAAw==",
      ],
      full: "AQSsAgABAQR0ZXh0A4SsAgICbG9ErAIABfCfmIAgxKwCB6wCAAABrAIBAAM=",
      state: "{s6172726179:[],s6d6170:{},s74657874:t[[sf09f9880206c6f,{}]],s786d6c:f[]}"),
    RecordedVector(
      name: "garbage and deletions",
      updates: [
        "AQGsAgAoAQNtYXABYQF8P4AAAAA=",
        "AQGsAgGorAIAAXxAAAAAAawCAQAB",
        "AAGsAgEBAQ==",
        "AQSsAgInAQNtYXABbQEoAKwCAgF4AXcBeScArAICAXoCBACsAgQEZ29uZQA=",
        "AAGsAgECBw==",
        "AQGsAgkIAQVhcnJheQV8P4AAAHxAAAAAfEBAAAB8QIAAAHxAoAAAAA==",
        "AAGsAgEKAg==",
        "AQGsAg7IrAILrAIMAXcDbmV3AA==",
        "AQGsAg8EAQR0ZXh0BmFiY2RlZgA=",
        "AAGsAgERAg==",
      ],
      full: """
        AQqsAgAhAQNtYXABYQIhAQNtYXABbQEABggBBWFycmF5AXw/gAAAgawCCQKIrAILAnxAgAAAfECgAADIrAILrAIMAX\
        cDbmV3BAEEdGV4dAJhYoGsAhAChKwCEgJlZgGsAgMACQoCEQI=
        """,
      state: """
        {s6172726179:[n3ff0000000000000,s6e6577,n4010000000000000,n4014000000000000],s6d6170:{},s7\
        4657874:t[[s61626566,{}]],s786d6c:f[]}
        """),
  ]
}
