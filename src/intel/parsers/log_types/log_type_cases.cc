#include "intel/parsers/log_types/log_type_cases.h"

#include <arrow/record_batch.h>

#include <utility>

#include "core/time_text.h"
#include "intel/parsers/log_types/members.h"
#include "sdk/batch_text.h"
#include "sdk/text_blocks.h"

namespace sextant::intel {
namespace {

using yaml::Node;

constexpr yaml::Dialect kCasesText{.noun = "file of cases",
                                   .when_too_large = "make it two files",
                                   .when_empty = "docs/guide/log-types.md shows one",
                                   .instead_of_alias = "write the value out"};

LogTypeCases::Case read_case(const Node& node, Findings& findings) {
  Members members(node, "the case", findings);
  LogTypeCases::Case read{.at = node.at,
                          .path = members.text("path").value_or("s3://logs/key"),
                          .received = {},
                          .line = members.text("line").value_or(""),
                          .expected = {},
                          .malformed = members.text("malformed").value_or("")};
  if (const auto text = members.text("received")) {
    const auto received = parse_iso8601(*text);
    read.received = received.value_or(Time());
    if (!received)
      members.report("received", "'" + *text + "' is no time", "write it as 2026-11-21T19:32:26Z");
  }
  if (read.line.empty()) members.report("line", "a case needs its 'line'");
  if (const auto* expected = members.map("expect")) {
    for (const auto& member : expected->members) {
      if (member.value.is(Node::Kind::Scalar) || member.value.is(Node::Kind::Null)) {
        read.expected.push_back({member.name, member.value.text});
      } else {
        findings.add(member.at, "'" + member.name + "' must be a text", "write '~' for no value");
      }
    }
  }
  if (read.expected.empty() == read.malformed.empty())
    members.report("", "a case says either what to 'expect' or why the line is 'malformed'");
  members.finish();
  return read;
}

// The rows of one case, as the parser gives them.
std::vector<sdk::Rows> rows_of(const Parser& parser, const LogTypeCases::Case& test) {
  std::vector<sdk::Rows> rows;
  const auto emit = [&rows](sdk::Rows more) -> Result<> {
    rows.push_back(std::move(more));
    return {};
  };
  sdk::Source source;
  source.path = test.path;
  source.received = test.received;
  const auto stage = start_parser(parser, source, {});
  sdk::TextBlocks blocks(takes_of(parser));
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, emit); };
  if (!blocks.add(test.line, take) || !blocks.finish(take) || !stage->finish(emit)) return {};
  return rows;
}

class Checking {
 public:
  Checking(const LogTypeCases::Case& test, Findings& findings) : test_(test), findings_(findings) {}

  void check(const std::vector<sdk::Rows>& rows) {
    if (rows.size() != 1 || rows[0].batch->num_rows() != 1)
      return wrong("the line makes " + std::to_string(count(rows)) + " rows, and a case is of one");
    const auto& batch = rows[0].batch;
    const bool malformed = rows[0].table == "malformed";
    const auto reason = malformed ? sdk::cell_text(batch, "reason", 0).value_or("") : "";
    if (malformed && test_.malformed.empty()) return wrong("the line is malformed: " + reason);
    if (!malformed && !test_.malformed.empty())
      return wrong("the line is an entry, and should be malformed");
    if (malformed && !reason.contains(test_.malformed))
      return wrong("the line is malformed for another reason: " + reason);
    for (const auto& [name, value] : test_.expected) check_column(batch, name, value);
  }

 private:
  static std::int64_t count(const std::vector<sdk::Rows>& rows) {
    std::int64_t sum = 0;
    for (const auto& each : rows) sum += each.batch->num_rows();
    return sum;
  }

  void wrong(std::string message) { findings_.add(test_.at, std::move(message)); }

  void check_column(const BatchPtr& batch, const std::string& name, const std::string& value) {
    const auto column = name == "@timestamp" ? "ts" : name;
    if (!sdk::has_column(batch, column)) return wrong("there is no column '" + name + "'");
    const auto found = sdk::cell_text(batch, column, 0).value_or("");
    if (found == value) return;
    wrong("'" + name + "' is " + (found.empty() ? "null" : "'" + found + "'") + ", and should be " +
          (value.empty() ? "null" : "'" + value + "'"));
  }

  const LogTypeCases::Case& test_;
  Findings& findings_;
};

}  // namespace

std::expected<LogTypeCases, LogTypeFindings> parse_log_type_cases(std::string_view text) {
  Findings findings;
  const auto tree =
      yaml::read(text, kCasesText, [&](yaml::Where at, std::string message, std::string hint) {
        findings.add(at, std::move(message), std::move(hint));
      });
  if (!tree) return std::unexpected(std::move(findings).take());
  Members members(*tree, "the file", findings);
  LogTypeCases cases;
  cases.log_type = members.text("log_type").value_or("");
  if (cases.log_type.empty())
    members.report("log_type", "the file must name its log type", "write 'log_type: my_log.yaml'");
  if (const auto* list = members.list("cases")) {
    for (const auto& node : list->items) cases.cases.push_back(read_case(node, findings));
  }
  if (cases.cases.empty()) members.report("cases", "there are no 'cases'");
  members.finish();
  if (!findings.empty()) return std::unexpected(std::move(findings).take());
  return cases;
}

LogTypeFindings run_log_type_cases(const Parser& parser, const LogTypeCases& cases) {
  Findings findings;
  for (const auto& test : cases.cases) Checking(test, findings).check(rows_of(parser, test));
  return std::move(findings).take();
}

}  // namespace sextant::intel
