import LineDisplay
import Testing

/// What `--output pretty` makes of lines (CLI section 3).
@Suite struct PrettyLinesTests {
  /// A state, an update, news of the connection: columns below each other, times since the first line.
  @Test func linesAreAligned() {
    var pretty = PrettyLines(.init(width: 80))
    let rows = [
      #"{"type":"connection","time":"2026-01-31T12:34:56.789Z","state":"connecting","connected":false}"#,
      #"{"type":"connection","time":"2026-01-31T12:34:56.793Z","state":"connected","connected":true}"#,
      #"{"type":"updates","time":"2026-01-31T12:34:56.799Z",\#(branch),"updates":["\#(hello)","\#(hello)"],"initial":true}"#,
      #"{"type":"sync","time":"2026-01-31T12:34:56.799Z",\#(branch),"complete":true}"#,
      #"{"type":"updates","time":"2026-01-31T12:35:57.799Z",\#(branch),"updates":["\#(hello)"],"initial":false}"#,
      #"{"type":"updates","time":"2026-02-02T13:35:57.799Z",\#(branch),"updates":[],"initial":true,"replay":true}"#,
      #"{"type":"sync","time":"2026-01-31T12:34:56.780Z",\#(branch),"complete":true}"#,
    ].map { pretty.render($0) }
    #expect(
      rows.joined() == """
        12:34:56Z connection ○ connecting
          +0.004s connection ● connected
          +0.010s updates    state    2 updates     44 B  AQGL/qSH…xvAA== …
          +0.010s sync       ✓ complete, from here on it is news
         +1m01.0s updates    new       1 update     22 B  AQGL/qSH…xvAA==
           +2d01h updates    again    0 updates      0 B
          -0.009s sync       ✓ complete, from here on it is news

        """)
  }

  @Test(arguments: [
    (
      #""type":"connection","state":"reconnecting","connected":false,"attempt":2,"retryInMs":1200,"reason":"reset","closeCode":1006"#,
      "connection ○ reconnecting  attempt 2 in 1.20s  reset (code 1006)"
    ),
    (
      #""type":"connection","state":"disconnected","connected":false"#, "connection ○ disconnected"
    ),
    (
      #""type":"action","action":{"type":"device","event":{"name":"ring","volume":3},"connection":{"connectionId":"kitchen","userId":null,"sessionId":null}}"#,
      #"action     kitchen → ring {"volume": 3}"#
    ),
    (
      #""type":"action","action":{"type":"device_result","result":[1,"a"],"taskId":"t1","connection":{"connectionId":"3f2a8c1b-1111-2222-3333-444455556666"}}"#,
      #"action     3f2a8c1b… → result #t1  [1, "a"]"#
    ),
    (
      #""type":"action","action":{"type":"device_error","error":"no","taskId":7,"connection":{"connectionId":"x","userId":"mary"},"new":1}"#,
      #"action     mary → error #7  "no" new=1"#
    ),
    (#""type":"action","action":{"type":"other","x":1}"#, "action     other x=1"),
    (
      #""type":"bot","bot":{"id":"ball","tags":{"color":"red","at":[1,2]},"masks":{}}"#,
      "bot        ball  color=red  at=[1, 2]"
    ),
    (
      #""type":"bot","bot":{"id":"b","tags":{},"masks":{"m":true}},"new":1"#,
      "bot        b  masks  m=true  new=1"
    ),
    (
      #""type":"change","bot":"ball","tag":"color","from":"red","to":"blue","client":7"#,
      #"change     ball color "red" → "blue"  by 7"#
    ),
    (
      #""type":"change","bot":"b","tag":"t","from":null,"to":5,"client":7,"mask":true"#,
      "change     b t mask + 5  by 7"
    ),
    (
      #""type":"change","bot":"b","tag":null,"from":{"x":"3"},"to":null,"client":null"#,
      #"change     b - {"x": "3"}"#
    ),
    (
      #""type":"decoded","index":1,"timestamp":1769862896789,"sizeBytes":28,"clients":[{"client":60,"clock":0,"end":1}],"structs":[{}],"deletions":[],"changes":[{"bot":"b","tag":"x","from":null,"to":1,"client":60},{"bot":"b","tag":"y","from":2,"to":3,"client":60}],"waiting":false"#,
      "update     #1  28 B  2026-01-31 12:34  1 struct  60:0–1  b x + 1  by 60; b y 2 → 3  by 60"
    ),
    (
      #""type":"decoded","index":0,"sizeBytes":4,"decodeError":{"message":"truncated","place":"line 1","offset":3}"#,
      "update     #0  4 B  ✗ truncated at byte 3"
    ),
    (
      #""type":"decoded","index":0,"sizeBytes":4,"clients":[],"structs":[],"deletions":[{}],"changes":[],"waiting":true"#,
      "update     #0  4 B  ! something is missing  1 deletion"
    ),
    (
      #""type":"difference","only":"b","client":29,"clock":3,"length":2,"deletion":true"#,
      "difference only in b  deletion of 29:3–5"
    ),
    (
      #""type":"difference","bot":"b","tag":"x","a":"1","b":null"#,
      #"difference b x  a "1"  b null"#
    ),
    (
      #""type":"gap","kind":"struct","client":14,"clock":0,"needs":{"client":29,"clock":4},"as":"origin","update":1,"place":"line 2""#,
      "gap        struct 14:0  needs 29:4 as origin  in update 1 (line 2)"
    ),
    (
      #""type":"error","kind":"error","errorCode":"not_authorized","errorMessage":"No.","reason":{"type":"missing_permission"}"#,
      #"error      ✗ not_authorized: No.  hint: ask for not_authorized  reason={"type": "missing_permission"}"#
    ),
    (
      #""type":"error","kind":"max_size_reached","maxBranchSizeInBytes":2048,"neededBranchSizeInBytes":3000"#,
      "error      ✗ max_size_reached  at most 2.0 KiB  needed 2.9 KiB  hint: ask for max_size_reached"
    ),
    (#""type":"rate_limit","retryAfterMs":1500"#, "rate limit ! nothing is sent for 1.50s"),
    (#""type":"message","message":{"type":"x"}"#, #"message    {"type": "x"}"#),
    (#""type":"ack","updateId":17,"ackMs":12.34,"tries":1"#, "ack        ✓ #17  12ms"),
    (
      #""type":"ack","updateId":17,"ackMs":0.5,"tries":3"#,
      "ack        ✓ #17  0.50ms  after 3 tries"
    ),
    (#""type":"sent""#, "sent       ✓"),
    (#""type":"sent","taskId":"a b""#, #"sent       ✓ #"a b""#),
    (
      #""type":"action_result","success":true,"result":{"a":1},"taskId":"t1","connection":{"connectionId":"kitchen"}"#,
      #"result     ✓ #t1 from kitchen {"a": 1}"#
    ),
    (
      #""type":"action_result","success":false,"error":"no","taskId":"t1""#,
      #"result     ✗ #t1 "no""#
    ),
    (
      #""type":"device_connected","connection":{"connectionId":"c","sessionId":"s","userId":"u","x":1}"#,
      "device     ● here  c  user u  session s  x=1"
    ),
    (
      #""type":"device_disconnected","connection":{"connectionId":"c","sessionId":null,"userId":null}"#,
      "device     ○ gone  c"
    ),
    (#""type":"count","count":1"#, "count      1 connection"),
    (#""type":"count","count":12"#, "count      12 connections"),
    (
      #""type":"timesync","offsetMs":-1.5,"latencyMs":0.25,"spreadMs":0,"samples":4"#,
      "timesync   offset -1.500ms  latency 0.250ms  spread 0.000ms  4 samples"
    ),
    (
      #""type":"login","success":true,"info":{"connectionId":"c","sessionId":null,"userId":"u"}"#,
      "login      ✓ c  user u"
    ),
    (
      #""type":"whoami","info":{"connectionId":"c","sessionId":null,"userId":null},"origin":"http://127.0.0.1:1","credentials":"token""#,
      "whoami     c  origin=http://127.0.0.1:1  credentials=token"
    ),
    (
      #""type":"inst","recordName":"rec","inst":"a","markers":["m"]"#,
      #"inst       rec/a  markers=["m"]"#
    ),
    (
      #""type":"permission_result","success":false,"errorCode":"not_authorized","errorMessage":"No.""#,
      "permission ✗ not_authorized No."
    ),
    (
      #""type":"permission_request","connection":{"connectionId":"c"},"answer":"none""#,
      "request    c  answer=none"
    ),
    (
      #""type":"http_response","statusCode":404,"body":"a\nb","headers":{}"#,
      #"response   404  "a\nb"  headers={}"#
    ),
    (
      #""type":"frame","direction":"in","frame":[5,null,{"a":1}]"#,
      #"frame      ← [5, null, {"a": 1}]"#
    ),
    (#""type":"frame","direction":"out","frame":[1,1,2]"#, "frame      → [1, 1, 2]"),
    (
      #""type":"listening","url":"ws://127.0.0.1:1/websocket""#,
      "listening  ws://127.0.0.1:1/websocket"
    ),
    (
      #""type":"updates","updates":["\#(hello)"],"timestamps":[1769862896789]"#,
      "updates    stored    1 update     22 B  2026-01-31 12:34  AQGL/qSH…xvAA=="
    ),
    (
      #""type":"updates","updates":["a b"],"initial":false,"timestamps":[0,951825599999]"#,
      "updates    new       1 update      3 B  1970-01-01 to 2000-02-29  a b"
    ),
    // Types that are not known yet, and fields of known ones.
    (
      #""type":"marvel","text":"two words","n":1e3,"t":true,"word":"one","o":{"k":[null]}"#,
      #"marvel     text="two words"  n=1e3  t=true  word=one  o={"k": [null]}"#
    ),
    (#""type":"count","count":2,"of":"x","new":{}"#, "count      2 connections  of=x  new={}"),
    (#""type":"ack","updateId":{"a":1},"ackMs":"soon""#, #"ack        ✓ #{"a": 1}  ackMs=soon"#),
  ])
  func everyTypeHasItsForm(line: String, form: String) {
    var pretty = PrettyLines(.init(hint: { "ask for \($0)" }))
    let row = pretty.render(#"{"time":"2026-01-31T12:34:56.789Z",\#(line)}"#)
    #expect(row.hasPrefix("12:34:56Z "))
    #expect(String(row.dropFirst(10).dropLast()) == form)
  }

  /// An inst is named where there are several.
  @Test func branchesAreNamedWhereThereAreSeveral() {
    func line(_ inst: String, _ branch: String, _ record: String = "null") -> String {
      #"{"type":"sync","time":"2026-01-31T12:34:56.789Z","recordName":\#(record),"inst":"\#(inst)","branch":"\#(branch)","complete":true}"#
    }
    var alone = PrettyLines(.init())
    #expect(!alone.render(line("a", "default")).contains("/a"))
    #expect(alone.render(line("b", "default")).contains(" /b ✓"))
    #expect(alone.render(line("a", "default")).contains(" /a ✓"))

    var several = PrettyLines(.init(namesBranches: true))
    #expect(several.render(line("inst", "main", #""rec""#)).contains(" rec/inst#main ✓"))
    #expect(several.render(line("i", "default", #""rec""#)).contains(" rec/i         ✓"))
    // A line of no inst leaves the column empty.
    let count = #"{"type":"count","time":"2026-01-31T12:34:56.789Z","count":1}"#
    #expect(several.render(count).contains("count                    1 connection"))
    let long = String(repeating: "x", count: 40)
    #expect(several.render(line(long, "default")).contains(" /xxxxxxxxxxxxxxxxxxxxxx… ✓"))
  }

  /// What tells of a failure goes on on another row; all else is cut.
  @Test func failuresAreWrappedAndOthersCut() {
    var pretty = PrettyLines(.init(width: 50))
    let message = "The inst is not there, and it never was, as far as anybody knows."
    let error = pretty.render(
      #"{"type":"error","time":"2026-01-31T12:34:56.789Z","kind":"error","errorCode":"inst_not_found","errorMessage":"\#(message)"}"#
    )
    #expect(
      error == """
        12:34:56Z error      ✗ inst_not_found: The inst is
                             not there, and it never was,
                             as far as anybody knows.

        """)
    let action = pretty.render(
      #"{"type":"action","time":"2026-01-31T12:34:56.789Z","action":{"type":"device","event":"\#(message)"}}"#
    )
    #expect(action == "  +0.000s action     \"The inst is…\" 65 characters\n")
    // Without a width everything is one whole row.
    pretty.options.width = nil
    #expect(
      pretty.render(
        #"{"type":"error","time":"2026-01-31T12:34:56.789Z","kind":"error","errorMessage":"\#(message)"}"#
      ) == "  +0.000s error      ✗ error: \(message)\n")
  }

  /// Every width that a terminal may have, and values that are longer than it.
  @Test(arguments: 20...45)
  func rowsFitNarrowTerminals(width: Int) {
    var pretty = PrettyLines(.init(width: width))
    let long = String(repeating: "x", count: 300)
    let lines = [
      #""type":"updates",\#(branch),"updates":["\#(hello)"],"timestamps":[1769862896789]"#,
      #""type":"sync","recordName":"record","inst":"\#(long)","branch":"b","complete":true"#,
      #""type":"connection","state":"reconnecting","connected":false,"attempt":2,"retryInMs":1200,"reason":"\#(long)""#,
      #""type":"error","kind":"error","errorCode":"not_authorized","errorMessage":"You may not. \#(long)""#,
      #""type":"bot","bot":{"id":"b","tags":{"long":"\#(long)","日本":"語"}},"other":"\#(long)""#,
    ]
    for line in lines {
      let rows = pretty.render("{\"time\":\"2026-01-31T12:34:56.789Z\",\(line)}")
        .split(separator: "\n")
      #expect(rows.allSatisfy { StyledText(String($0)).columns <= width })
      // What it is about can be seen; a failure as a whole.
      #expect(rows.first?.split(separator: " ").count ?? 0 >= 2)
      if line.contains(#""error""#) {
        #expect(rows.joined().count { $0 == "x" } == 300)
        #expect(rows.joined().contains("not_authorized"))
      }
    }
  }

  /// Base64 is known by its field alone: a long word looks like it, too.
  @Test func longValues() {
    var pretty = PrettyLines(.init(width: 80))
    let word = String(repeating: "x", count: 300)
    #expect(
      pretty.render(#"{"type":"bot","bot":{"id":"b","tags":{"long":"\#(word)"}},"n":1}"#)
        == """
                  bot        b  long="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" 300 characters…
        """ + "\n")
    #expect(
      pretty.render(#"{"type":"message","message":{"text":"\#(word)","n":1}}"#)
        == """
                  message    {"text": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" 300 characters…
        """ + "\n")
    pretty.options.width = 120
    let updates = #"[1,2,{"type":"repo/add_updates","updates":["\#(hello)","AAAA"]}]"#
    #expect(
      pretty.render(#"{"type":"frame","direction":"in","frame":\#(updates)}"#)
        .hasSuffix("\"updates\": [AQGL/qSH…xvAA== 22 B, \"AAAA\"]}]\n"))
    // Elsewhere than on a terminal nothing is left out but what is not for reading.
    pretty.options.width = nil
    #expect(
      pretty.render(#"{"type":"x","a":"\#(word)","update":"\#(hello)"}"#)
        .hasSuffix("a=\"\(word)\"  update=AQGL/qSH…xvAA== 22 B\n"))
  }

  @Test func colours() {
    var pretty = PrettyLines(.init(isColoured: true))
    let row = pretty.render(
      #"{"type":"connection","time":"2026-01-31T12:34:56.789Z","state":"connected","connected":true}"#
    )
    #expect(
      row
        == "\u{1B}[2m12:34:56Z\u{1B}[0m \u{1B}[2mconnection\u{1B}[0m \u{1B}[32m● connected\u{1B}[0m\n"
    )
    let error = pretty.render(#"{"type":"error","kind":"error","errorCode":"x"}"#)
    #expect(error.contains("\u{1B}[31m✗ x\u{1B}[0m"))
  }

  /// What is no line of ours, such as a selected value, is shown all the same.
  @Test(arguments: [
    (#""two words""#, #""two words""#), ("17", "17"), (#"[1,{"a":"b"}]"#, #"[1, {"a": "b"}]"#),
    ("no JSON \u{1B}[31m", "no JSON \\u001b[31m"), ("", ""), ("{}", "                     "),
    (#"{"a":1}"#, "                     a=1"),
  ])
  func otherText(text: String, form: String) {
    var pretty = PrettyLines(.init())
    #expect(pretty.render(text) == form + "\n")
  }

  /// A large state costs no time to speak of, and is one row.
  @Test func largeLines() {
    let list = (0..<100_000).map { _ in #""\#(hello)""# }.joined(separator: ",")
    var pretty = PrettyLines(.init())
    let row = pretty.render(
      #"{"type":"updates","time":"2026-01-31T12:34:56.789Z",\#(branch),"updates":[\#(list)],"initial":true}"#
    )
    #expect(row.hasSuffix("state  100000 updates  2.1 MiB  AQGL/qSH…xvAA== …\n"))
  }
}

private let branch = #""recordName":null,"inst":"a","branch":"default""#
private let hello = "AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA=="

extension PrettyLines {
  mutating func render(_ line: String) -> String {
    Array(line.utf8).withUnsafeBytes { render($0) }
  }
}
