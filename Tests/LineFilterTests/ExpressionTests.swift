import LineFilter
import Testing

/// What expressions say of lines.
@Suite struct ExpressionTests {
  static let line =
    #"{"type":"action","time":"2026-11-23T05:00:00.000Z","recordName":null,"inst":"a/b","#
    + #""branch":"default","action":{"type":"device","event":{"name":"chat","argument":7},"#
    + #""tags":["x","y",3,null],"odd name":true,"empty":{},"none":[],"text":"a\"b\\c\u00e9\n"},"#
    + #""big":9007199254740993,"half":0.5,"off":false,"nothing":null,"type":"second"}"#

  static let cases: [(String, Bool)] = [
    // Equality, and its opposite.
    (#".type == "action""#, true),
    (#".type != "action""#, false),
    (#""action" == .type"#, true),
    (#".recordName == null"#, true),
    (#".absent == null"#, false),
    (#".absent != null"#, true),
    (#".absent == .absent"#, false),
    (#".off == false"#, true),
    (#".off == null"#, false),
    (#".action.event.argument == 7"#, true),
    (#".action.event.argument == "7""#, false),
    (#".action.event.argument == 7.0"#, true),
    (#".action.event.argument == 0.7e1"#, true),
    (#".big == 9007199254740993"#, true),
    (#".big == 9007199254740992"#, false),
    (#".big != 9007199254740992"#, true),
    (#".action.event == .action.event"#, true),
    (#".action.empty == .action.none"#, false),
    (#".action == .action.event"#, false),
    (#"null == null"#, true),
    (#"true == true"#, true),
    (#"true == false"#, false),
    // Order: of numbers and of strings, and of nothing else.
    (#".big > 9007199254740992"#, true),
    (#".big >= 9007199254740993"#, true),
    (#".big < 9007199254740994"#, true),
    (#".big <= 9007199254740992"#, false),
    (#".half > 0"#, true),
    (#".half < 1e-1"#, false),
    (#".time > "2026-11-23T04""#, true),
    (#".time < "2026-11-23T04""#, false),
    (#".time <= .time"#, true),
    (#".inst >= 1"#, false),
    (#".inst < 1"#, false),
    (#".nothing <= null"#, false),
    (#".absent < 1"#, false),
    (#"not .absent < 1"#, true),
    // A path alone.
    (".action", true),
    (".off", false),
    (".nothing", false),
    (".absent", false),
    (".half", true),
    (".action.empty", true),
    ("true", true),
    ("false", false),
    // Existence: null exists.
    ("has(.nothing)", true),
    ("has(.absent)", false),
    ("has ( .action.event )", true),
    ("has(.action.tags[3])", true),
    ("has(.action.tags[4])", false),
    ("has(.)", true),
    // Steps of paths.
    (#".action["odd name"]"#, true),
    (#".action.["odd name"] == true"#, true),
    (#".["action"].event["name"] == "chat""#, true),
    (#".action.tags[0] == "x""#, true),
    (#".action.tags[ -1 ] == null"#, true),
    (#".action.tags[-4] == "x""#, true),
    (#"has(.action.tags[-5])"#, false),
    (#"has(.action.tags[9223372036854775807])"#, false),
    (#"has(.action.tags[-9223372036854775808])"#, false),
    (#".action.tags.x == 1"#, false),
    (#".inst[0] == "a""#, false),
    (#".inst.a.b.c == 1"#, false),
    // Any of several values; the opposite is none of them.
    (#".action.tags[] == "y""#, true),
    (#".action.tags[] == "z""#, false),
    (#".action.tags[] != "y""#, false),
    (#".action.tags[] != "z""#, true),
    (#".action.tags[] > 2"#, true),
    (#".action.tags[]"#, true),
    (#".action.none[]"#, false),
    (#".action.empty[]"#, false),
    (#".action.event[] == "chat""#, true),
    (#".action.event[] == .action.event.argument"#, true),
    (#"has(.action.tags[])"#, true),
    (#"has(.action.none[])"#, false),
    // Patterns.
    (#".type =~ /^act/"#, true),
    (#".type !~ /^act/"#, false),
    (#".type =~ /^ACT/"#, false),
    (#".type =~ /^ACT/i"#, true),
    (#".inst =~ /a\/b/"#, true),
    (#".inst =~ "a/b""#, true),
    (#".inst =~ "\\w/\\w""#, true),
    (#".big =~ /9/"#, false),
    (#".big !~ /9/"#, true),
    (#".absent =~ /./"#, false),
    (#".absent !~ /./"#, true),
    (#".action.tags[] =~ /^y$/"#, true),
    (#".action.text =~ /b\\cé\n$/"#, true),
    (#"type(.big) =~ /num/"#, true),
    // Parts of strings, and elements of arrays.
    (#"contains(.type, "cti")"#, true),
    (#"contains(.type, "")"#, true),
    (#"contains(.type, "ctj")"#, false),
    (#"contains(.action.text, "\"b\\cé")"#, true),
    (#"contains(.action.tags, 3)"#, true),
    (#"contains(.action.tags, 3.0)"#, true),
    (#"contains(.action.tags, null)"#, true),
    (#"contains(.action.tags, "3")"#, false),
    (#"contains(.action.event, "chat")"#, false),
    (#"contains(.half, "0")"#, false),
    (#"startswith(.type, "act")"#, true),
    (#"startswith(.type, "ct")"#, false),
    (#"endswith(.type, "ion")"#, true),
    (#"endswith(.type, "io")"#, false),
    (#"endswith(.type, "reaction")"#, false),
    // Lengths and kinds.
    ("length(.action.tags) == 4", true),
    ("length(.action.event) == 2", true),
    ("length(.type) == 6", true),
    // Characters, with their escapes resolved.
    ("length(.action.text) == 7", true),
    ("length(.action.none) == 0", true),
    ("length(.half) >= 0", false),
    ("length(.absent) >= 0", false),
    (#"type(.half) == "number""#, true),
    (#"type(.off) == "boolean""#, true),
    (#"type(.nothing) == "null""#, true),
    (#"type(.inst) == "string""#, true),
    (#"type(.action) == "object""#, true),
    (#"type(.action.tags) == "array""#, true),
    (#"type(.absent) == "null""#, false),
    (#"type(.) == "object""#, true),
    // And, or, not, in this order of binding.
    ("true or false and false", true),
    ("(true or false) and false", false),
    ("not true or true", true),
    ("not (true or true)", false),
    ("not not true", true),
    ("!(.off) && true || false", true),
    ("!.off", true),
    (#".type=="action"and .half>0"#, true),
    (#"  .type  ==  "action"  "#, true),
    ("\t.half\n== 0.5", true),
    // Heads are ours, and first; of other names the last one counts.
    (#".type == "second""#, false),
    // Strings of the expression have the escapes of JSON.
    (#".action.text == "a\u0022b\\c\u00E9\n""#, true),
    (#".action.text == "a\"b\\cé\n""#, true),
  ]

  @Test(arguments: cases) func says(expression: String, expected: Bool) throws {
    #expect(try judge(expression, Self.line) == expected)
  }

  @Test func ofANameThatRepeatsTheLastOneCounts() throws {
    let line = #"{"a":1,"b":{"c":1,"c":2},"a":{"x":1},"time":"t","time":"u"}"#
    #expect(try judge(".a.x == 1", line))
    #expect(try judge(".b.c == 2", line))
    #expect(try judge(#".time == "t""#, line))
    #expect(try judge(#". == ."#, line))
  }

  @Test func objectsAreEqualInAnyOrder() throws {
    #expect(try judge(".a == .b", #"{"a":{"x":1,"y":[1.0,"é"]},"b":{"y":[1,"\u00e9"],"x":10e-1}}"#))
    #expect(try judge(".a != .b", #"{"a":{"x":1,"y":2},"b":{"y":2,"x":1,"z":0}}"#))
    #expect(try judge(".a != .b", #"{"a":[1,2],"b":[2,1]}"#))
    // No Unicode normalisation: RFC 8259 section 8.3.
    #expect(try judge(".a != .b", #"{"a":"\u00e9","b":"e\u0301"}"#))
    #expect(try judge(".a != .b", #"{"a":["\u00e9"],"b":["e\u0301"]}"#))
  }

  @Test func whateverTheLineIsTheAnswerIsTrueOrFalse() throws {
    for line in [
      "", "\"", "\"a\\", "[", "-", "{", "[1,2]", "7", #""text""#, #"{"a":1,"#, #"{"a" 1}"#, "null",
      "{}",
    ] {
      #expect(try judge(#".a == 1 and .b == 2"#, line) == false, "\(line)")
      #expect(try judge(#"not has(.b)"#, line), "\(line)")
      _ = try judge(#". == . or length(.) > 1 or . =~ /x/ or .[] == 1"#, line)
    }
    #expect(try judge(".[1] == 2", "[1,2]"))
    #expect(try judge(#". == "t\u0065xt""#, #""text""#))
    #expect(try judge(". > 6", "7"))
    // What stands before a break is known all the same.
    #expect(try judge(".a == 1", #"{"a":1,"#))
  }

  @Test func pathsSelect() throws {
    func values(_ path: String) throws -> [String] { try select(path, Self.line) }
    #expect(try values(".type") == [#""action""#])
    #expect(try values(".action.event") == [#"{"name":"chat","argument":7}"#])
    #expect(try values(".action.tags[]") == [#""x""#, #""y""#, "3", "null"])
    #expect(try values(".action.event[]") == [#""chat""#, "7"])
    #expect(try values(".action[].name") == [#""chat""#])
    #expect(try values(".nothing") == ["null"])
    #expect(try values(".absent") == [])
    #expect(try values(".big") == ["9007199254740993"])
    #expect(try values(".") == [Self.line])
    #expect(try values(" .off ") == ["false"])
  }

  @Test func nothingIsScannedBeyondWhatIsAskedFor() throws {
    // What is no JSON is never reached.
    let line = #"{"type":"updates","time":"t","inst":"i", no json"#
    #expect(try judge(#".type == "updates""#, line))
    #expect(try judge(#".type == "action" and .updates"#, line) == false)
    #expect(try judge(#".inst == "i" or .updates"#, line))
  }
}
