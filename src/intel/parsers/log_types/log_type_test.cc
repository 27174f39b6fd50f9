#include "intel/parsers/log_types/log_type.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "core/time_text.h"
#include "intel/parsers/log_types/cutters.h"
#include "intel/parsers/log_types/ecs_columns.h"
#include "intel/parsers/log_types/log_type_cases.h"
#include "sdk/batch_text.h"

namespace sextant::intel {
namespace {

Parser parse(std::string_view text) {
  auto parser = parse_log_type(text);
  EXPECT_TRUE(parser) << to_text(parser.error(), "log_type");
  return parser ? std::move(*parser) : Parser();
}

// Findings of the cases, one a line; "" when all are as they say.
std::string run(std::string_view log_type, std::string_view cases) {
  const auto read = parse_log_type_cases("log_type: x\n" + std::string(cases));
  if (!read) return to_text(read.error(), "cases");
  return to_text(run_log_type_cases(parse(log_type), *read), "cases");
}

TEST(LogTypes, APatternsGroupsBecomeColumns) {
  EXPECT_EQ(run(R"(
name: door
pattern: '(?P<at>\S+) (?P<who>\S+)(?: from (?P<ip>\S+):(?P<port>\d+))? (?P<what>OPEN|SHUT) (?P<ms>[\d.]+)ms'
fields:
  at: {to: "@timestamp", format: epoch}
  who: {to: user.name, lowercase: true}
  ip: source.ip
  port: source.port
  what: {to: event.action, values: {OPEN: open}, otherwise: other}
  ms: {to: event.duration, type: duration, unit: ms}
constants: {event.kind: event}
)",
                R"(
cases:
  - line: 1700000000 Ada from 192.0.2.1:99 OPEN 1.5ms
    expect: {"@timestamp": "2023-11-14T22:13:20Z", user.name: ada, source.ip: 192.0.2.1, source.port: 99,
             event.action: open, event.duration: 1500000, event.kind: event}
  - line: 1700000000 - SHUT 2ms
    expect: {user.name: ~, source.ip: ~, source.port: ~, event.action: other}
  - {line: 1700000000 Ada KICK 2ms, malformed: it does not match the pattern}
  - {line: 1700000000 Ada from 192.0.2:99 OPEN 1ms, malformed: (ip) is not an address}
  - {line: 1700000000 Ada from 192.0.2.1:99999 OPEN 1ms, malformed: (port) is not a port}
  - {line: noon Ada OPEN 1ms, malformed: (at) is not a time of its format}
)"),
            "");
}

TEST(LogTypes, AFieldThatIsNotMentionedHasAColumnOfItsOwn) {
  EXPECT_EQ(run("name: door\npattern: '(?P<who>\\S+) (?P<code>\\S+)'\nfields: {who: user.name}\n",
                "cases:\n  - {line: Ada 7, expect: {user.name: Ada, door.code: 7}}\n"),
            "");
}

TEST(LogTypes, JsonPathsReachIntoObjectsAndLists) {
  EXPECT_EQ(run(R"(
name: app
json: lines
fields:
  time: {to: "@timestamp", format: [iso8601, epoch_ms]}
  who.name: {to: user.name, required: true}
  hops[0].ip: {to: source.ip, also: peer}
  hops[1].ip: destination.ip
  ok: {to: app.ok, type: boolean}
  score: {to: event.risk_score}
  extra: {to: [app.extra, app.extra_flat], type: json}
)",
                R"(
cases:
  - line: '{"time":"2026-07-02T22:23:00Z","who":{"name":"Ada","age":3},"hops":[{"ip":"192.0.2.1","n":1},{"ip":"192.0.2.2"},7],"ok":true,"score":1.5e1,"extra":{"a":[1,2]},"new":null}'
    expect: {"@timestamp": "2026-07-02T22:23:00Z", user.name: Ada, source.ip: 192.0.2.1, destination.ip: 192.0.2.2,
             app.ok: "true", event.risk_score: 15, app.extra: '{"a":[1,2]}', app.extra_flat: "a=1\na=2",
             app.rest: '{"who.age":3,"hops[0].n":1,"hops[2]":7,"new":null}'}
  - line: '{"time":1700000000123,"who":{"name":"Ada"},"peer":"192.0.2.9","hops":"none"}'
    expect: {"@timestamp": "2023-11-14T22:13:20.123000Z", source.ip: 192.0.2.9, app.ok: ~, app.rest: '{"hops":"none"}'}
  - {line: '{"time":1700000000123}', malformed: '(who.name) is not there, and it is required'}
  - {line: '{"who":{"name":"Ada"}}', malformed: (time) is not a time of its format}
  - {line: '{"time":1700000000123,"who":{"name":"Ada"},"ok":"maybe"}', malformed: (ok) is not true or false}
  - {line: '[1]', malformed: it is no JSON object}
  - {line: '{"time"', malformed: it is no JSON}
)"),
            "");
}

TEST(LogTypes, WithoutATimeRowsHaveTheirObjects) {
  EXPECT_EQ(run("name: app\njson: lines\nfields: {id: event.id}\n", R"(
cases:
  - {line: '{"id":"7","":"no time"}', expect: {"@timestamp": "1970-01-01T00:00:00Z", app.rest: '{"":"no time"}'}}
  - {line: '{"id":"7"}', received: "2026-11-21T19:32:26Z", expect: {"@timestamp": "2026-11-21T19:32:26Z"}}
)"),
            "");
}

TEST(LogTypes, ACaseSaysWhenItsObjectArrived) {
  const auto log_type = R"(
name: app
pattern: '(?P<at>\S+ +\S+ \S+) (?P<what>.*)'
fields: {at: {to: "@timestamp", format: "%b %e %T"}}
)";
  EXPECT_EQ(run(log_type, R"(
cases:
  - {line: Dec 31 23:59:59 x, received: "2026-01-02T00:00:00Z", expect: {"@timestamp": "2025-12-31T23:59:59Z"}}
)"),
            "");
  EXPECT_EQ(run(log_type, "cases:\n  - {line: x, received: soon, malformed: x}\n"),
            "cases:3:25: 'soon' is no time (the case); write it as 2026-11-21T19:32:26Z");
}

TEST(LogTypes, ALineWithoutATimeLeavesTheTimesOfOthersAlone) {
  const auto parser = parse(R"(
name: app
json: lines
fields: {time: {to: "@timestamp", required: false}, id: event.id}
)");
  ObjectFacts facts;
  facts.received = *parse_iso8601("2026-01-02T00:00:00Z");
  const auto reader = parser.make_reader(facts, {});
  reader->read(std::vector<Line>{{R"({"time":"2025-07-02T22:23:00Z","id":"7"})", 0},
                                 {R"({"id":"8"})", 40},
                                 {R"({"time":"2025-07-03T22:23:00Z","id":"9"})", 60}},
               [](std::size_t, const std::string& reason) { FAIL() << reason; });
  const auto batch = reader->finish();
  ASSERT_EQ(batch->num_rows(), 3);
  EXPECT_EQ(sdk::cell_text(batch, "ts", 0), "2025-07-02T22:23:00Z");
  EXPECT_EQ(sdk::cell_text(batch, "ts", 1), "2026-01-02T00:00:00Z");
  EXPECT_EQ(sdk::cell_text(batch, "ts", 2), "2025-07-03T22:23:00Z");
}

TEST(LogTypes, TheFirstValueOfAFieldCountsAndNoOtherIsLost) {
  EXPECT_EQ(
      run("name: app\njson: lines\nfields: {ip: {to: source.ip, also: [peer, o.ip]}, id: app.id}\n",
          R"(
cases:
  - line: '{"ip":"192.0.2.1","peer":"192.0.2.2","o":{"ip":"192.0.2.3"}}'
    expect: {source.ip: 192.0.2.1, app.rest: '{"peer":"192.0.2.2","o.ip":"192.0.2.3"}'}
  - {line: '{"ip":"192.0.2.1","peer":null}', expect: {source.ip: 192.0.2.1, app.rest: ~}}
  - {line: '{"ip":null,"peer":"192.0.2.2"}', expect: {source.ip: 192.0.2.2, app.rest: ~}}
  - {line: '{"id":"a\"","id":[1],"id":null}', expect: {app.id: 'a"', app.rest: '{"id":[1]}'}}
  - {line: '{"id":"a","id":[1,}', malformed: it is no JSON}
)"),
      "");
}

TEST(LogTypes, RecordsComeOutOfEnvelopes) {
  EXPECT_EQ(run("name: app\njson: records\nfields: {id: event.id}\n",
                R"(
cases:
  - line: '{"detail-type":"A Finding","source":"x","detail":{"id":"7"}}'
    expect: {event.id: 7}
  - line: "{\n  \"id\": \"8\"\n}\n"
    expect: {event.id: 8}
)"),
            "");
}

TEST(LogTypes, DelimitedLinesHaveQuotesHeadingsAndTrailingFields) {
  const auto log_type = R"(
name: sheet
delimited: {columns: [day, who, what], at_least: 2, heading: true, comment: "#"}
fields:
  day: {to: "@timestamp", format: "%Y-%m-%d"}
  who: user.name
)";
  EXPECT_EQ(run(log_type, R"(
cases:
  - line: '2026-07-02,"Ada ""the"" first, of us",in'
    expect: {"@timestamp": "2026-07-02T00:00:00Z", user.name: 'Ada "the" first, of us', sheet.what: in, sheet.rest: ~}
  - line: "# nothing\nday,who,what\n2026-07-02,Ada\n"
    expect: {user.name: Ada, sheet.what: ~}
  - line: "\"day\",who,\"what\"\n2026-07-02,Ada\n"
    expect: {user.name: Ada, sheet.what: ~}
  - line: "\uFEFFday,\"who\",what\r\n2026-07-02,Ada\n"
    expect: {user.name: Ada, sheet.what: ~}
  - line: "\uFEFF# nothing\n2026-07-02,Ada\n"
    expect: {user.name: Ada, sheet.what: ~}
  - {line: 'day,who', malformed: (day) is not a time of its format}
  - {line: 'day,who,what,else', malformed: (day) is not a time of its format}
  - line: '2026-07-02,Ada,in,by,"bus"'
    expect: {sheet.what: in, sheet.rest: 'by,"bus"'}
  - {line: '2026-07-02', malformed: 'it has 1 fields, and its kind at least 2'}
  - {line: '2026-07-02,"Ada', malformed: the quote of field 2 is not closed}
)"),
            "");
  EXPECT_EQ(run("name: tabs\ndelimited: {separator: \"\\t\", quote: \"\", columns: [a, b]}\n",
                "cases:\n  - {line: \"\\\"x\\ty\", expect: {tabs.a: '\"x', tabs.b: y}}\n"),
            "");
}

TEST(LogTypes, PairsComeInAnyOrder) {
  EXPECT_EQ(run(R"(
name: firewall
key_value:
fields:
  src: {to: [source.ip, source.port], type: endpoint}
  msg: message
)",
                R"(
cases:
  - line: 'msg="drop \"it\" now" src=192.0.2.1:7  proto=tcp alone src=192.0.2.2:8'
    expect: {source.ip: 192.0.2.1, source.port: 7, message: 'drop "it" now', firewall.rest: 'proto=tcp alone src=192.0.2.2:8'}
  - {line: 'src= msg=x', expect: {source.ip: ~, message: x}}
  - {line: no pairs at all, malformed: it has no pair of a key and a value}
  - {line: 'msg="open', malformed: the quote of 'msg' is not closed}
)"),
            "");
}

TEST(LogTypes, WhatIsWrongIsToldWithItsPlaceAndWhatToDo) {
  struct Case {
    const char* text;
    const char* expected;
  };
  const Case cases[] = {
      {"", "t:1:1: the log type is empty"},
      {"name: A\njson: lines\nfields: {a: message}", "t:1:7: the log type needs a name"},
      {"name: malformed\njson: lines\nfields: {a: message}",
       "t:1:7: table 'malformed' is filled by the node"},
      {"name: sextant_audit\njson: lines\nfields: {a: message}", "t:1:7: table 'sextant_audit'"},
      {"name: inventory\njson: lines\nfields: {a: message}", "t:1:7: table 'inventory'"},
      {"name: a\n", "t:1:1: nothing says how lines are cut"},
      {"name: a\njson: lines\npattern: x\nfields: {a: message}", "in one way only"},
      {"name: a\njson: lines\nfeilds: {}",
       "t:3:1: 'feilds' means nothing to the log type; did you "
       "mean 'fields'?"},
      {"name: a\njson: lines\nfields: {}", "lines have no fields"},
      {"name: a\njson: line\nfields: {a: message}", "t:2:7: 'json' is 'line'"},
      {"name: a\npattern: '('", "t:2:10: 'pattern': it is no pattern of RE2"},
      {"name: a\npattern: '(x)'", "no group with a name"},
      {"name: a\npattern: '(?P<x>(a{1,900}){1,900})'", "t:2:10: 'pattern': it is"},
      {"name: a\npattern: '(?P<x>[a-z]{900}[0-9]{900}[a-f]{900})'", "is too large"},
      {"name: a\njson: lines\nfields:\n  a: source.ipp",
       "t:4:6: ECS has no column 'source.ipp'; "
       "did you mean 'source.ip'? Or name it"},
      {"name: a\njson: lines\nfields:\n  a: b..c", "is no name of a column"},
      {"name: a\njson: lines\nfields:\n  a: ts", "write @timestamp"},
      {"name: a\njson: lines\nfields:\n  a: a.x\n  b: a.x", "filled twice, first in line 4"},
      {"name: a\njson: lines\nfields:\n  a: a.x\n  b: a.x.y",
       "cannot be a column and hold 'a.x.y'"},
      {"name: a\njson: lines\nfields:\n  a: {to: a.x, type: adress}", "there is no type 'adress'"},
      {"name: a\njson: lines\nfields:\n  a: {to: source.ip, type: long}",
       "t:4:28: 'source.ip' is of type ip in ECS, not long"},
      {"name: a\njson: lines\nfields:\n  a: {to: source.port, type: long}",
       "t:4:30: 'source.port' is of type port where enrichers read it, not long (field 'a'); leave "
       "'type' out"},
      {"name: a\njson: lines\nfields:\n  a: {to: user_agent.original, type: text}",
       "t:4:38: 'user_agent.original' is of type keyword where enrichers read it, not text"},
      {"name: a\njson: lines\nfields:\n  a: {to: network.transport, type: json}",
       "is of type keyword where enrichers read it, not json"},
      {"name: a\njson: lines\nfields:\n  a: {to: message, format: epoch}", "is for type date"},
      {"name: a\njson: lines\nfields:\n  a: {to: event.start, format: \"%q\"}", "'%q'"},
      {"name: a\njson: lines\nfields:\n  a: {to: event.start, zone: CET}", "write it as +02:00"},
      {"name: a\njson: lines\nfields:\n  a: {to: event.duration, type: duration}",
       "needs its unit"},
      {"name: a\njson: lines\nfields:\n  a: message\n  a.b: a.b", "taken as a whole"},
      {"name: a\njson: lines\nfields:\n  'a[x]': message", "is no path"},
      {"name: a\njson: lines\nfields:\n  a.b: message\n  'a[0]': a.c",
       "as a list and as an object"},
      {"name: a\njson: lines\nfields: {a: message}\nconstants: {source.ip: x}",
       "is no text in ECS"},
      {"name: a\npattern: '(?P<who>.*)'\nfields: {hwo: message}",
       "t:3:10: lines have no field 'hwo'; "
       "did you mean 'who'?"},
      {"name: a\nown_columns: source\njson: lines\nfields: {a: message}",
       "'source' belongs to ECS"},
      {"name: source\njson: lines\nfields: {a: message}", "belongs to ECS"},
      {"name: a\ndelimited: {columns: [a, a]}", "two columns have the same name"},
      {"name: a\ndelimited: {columns: [a], separator: ab}", "must be one character"},
      {"name: a\nkey_value: {assign: ' '}\nfields: {a: message}", "three characters"},
      {"name: a\npattern: '(?P<a>.*)'\nrest: a.b", "a pattern leaves nothing over"},
  };
  for (const auto& [text, expected] : cases) {
    const auto parser = parse_log_type(text);
    ASSERT_FALSE(parser) << text;
    EXPECT_TRUE(to_text(parser.error(), "t").contains(expected)) << text << "\n"
                                                                 << to_text(parser.error(), "t");
  }
}

// Columns that enrichers read are in their form, whatever way they are filled.
TEST(LogTypes, WhatEnrichersReadIsInTheirForm) {
  const auto parser = parse(R"(
name: app
json: lines
fields:
  source: {to: [source.ip, source.port], type: endpoint}
  port: destination.port
  agent: user_agent.original
  transport: {to: network.transport, lowercase: true}
  host: {to: host.name, required: true}
constants: {cloud.account.id: "123456789012"}
)");
  const auto schema = parser.make_reader({}, {})->finish()->schema();
  for (const auto* column :
       {"source.ip", "user_agent.original", "network.transport", "host.name", "cloud.account.id"}) {
    EXPECT_TRUE(schema->GetFieldByName(column)->type()->Equals(
        arrow::dictionary(arrow::int32(), arrow::utf8())))
        << column;
  }
  for (const auto* column : {"source.port", "destination.port"})
    EXPECT_TRUE(schema->GetFieldByName(column)->type()->Equals(arrow::int32())) << column;
}

std::string numbered(std::string_view prefix, int count, std::string_view suffix) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += std::string(prefix) + std::to_string(i) + std::string(suffix);
  return all;
}

TEST(LogTypes, WhatIsTooMuchIsRefused) {
  const auto refused = [](const std::string& text) {
    const auto parser = parse_log_type(text);
    return parser ? "" : to_text(parser.error(), "t");
  };
  const std::string fields = "name: a\njson: lines\nfields:\n  a: {to: message, also: [";
  EXPECT_EQ(refused(fields + numbered("p", 255, ",") + "]}\n"), "");
  EXPECT_EQ(refused(fields + numbered("p", 256, ",") + "]}\n"),
            "t:4:26: there are more than 256 fields, 'also' counted (field 'a')");
  const std::string constants = "name: a\njson: lines\nfields: {a: message}\nconstants:\n";
  EXPECT_EQ(refused(constants + numbered("  a.c", 256, ": x\n")), "");
  EXPECT_EQ(refused(constants + numbered("  a.c", 257, ": x\n")),
            "t:5:3: there are more than 256 constants (the log type)");
}

TEST(LogTypes, ACaseThatIsNotAsItSaysIsTold) {
  const auto wrong = run("name: a\njson: lines\nfields: {a: message}\n", R"(
cases:
  - {line: '{"a":"x"}', expect: {message: y}}
  - {line: '{"a":"x"}', malformed: no}
  - {line: '[', expect: {message: y}}
  - {line: '{"a":"x"}', expect: {massage: y}}
)");
  for (const auto* expected :
       {"cases:4:5: 'message' is 'x', and should be 'y'", "cases:5:5: the line is an entry",
        "cases:6:5: the line is malformed", "cases:7:5: there is no column 'massage'"}) {
    EXPECT_TRUE(wrong.contains(expected)) << wrong;
  }
}

TEST(LogTypes, ALongLineIsMalformedWhereAPatternReadsIt) {
  const auto pattern = LinePattern::compile("(?P<a>(?:x|y|xy)*)z");
  ASSERT_TRUE(pattern);
  const auto cutter = make_pattern_cutter(**pattern);
  std::string_view field;
  CutLine into{{&field, 1}, {}};
  EXPECT_FALSE(cutter->cut(std::string(kPatternLineBytesMax - 1, 'x') + "z", into));
  EXPECT_TRUE(cutter->cut(std::string(kPatternLineBytesMax, 'x') + "z", into));
}

TEST(LogTypes, TheSchemaStaysTheSameFromReaderToReaderAndHasTheOriginalOnRequest) {
  const auto parser = parse("name: a\njson: lines\nfields: {a: message}\n");
  const auto schema = [&](bool original) {
    return parser.make_reader({}, {.keep_original = original})->finish()->schema();
  };
  EXPECT_EQ(schema(false).get(), schema(false).get());
  EXPECT_EQ(schema(false)->field_names(),
            (std::vector<std::string>{"ts", "message", "a.rest", "log.file.path", "log.offset"}));
  EXPECT_EQ(schema(true)->field_names().back(), "event.original");
}

TEST(EcsColumns, KnowTheirTypes) {
  EXPECT_EQ(ecs_type("source.ip"), EcsType::Ip);
  EXPECT_EQ(ecs_type("source.geo.country_iso_code"), EcsType::Keyword);
  EXPECT_EQ(ecs_type("http.response.status_code"), EcsType::Long);
  EXPECT_EQ(ecs_type("event.start"), EcsType::Date);
  EXPECT_EQ(ecs_type("source.adress"), std::nullopt);
  for (const auto column : ecs_columns()) {
    EXPECT_EQ(column.find_first_of(" :"), std::string_view::npos) << column;
    EXPECT_FALSE(column.empty() || column.ends_with('.')) << column;
  }
}

}  // namespace
}  // namespace sextant::intel
