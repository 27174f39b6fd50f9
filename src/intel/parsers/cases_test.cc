// Runs the case file of every parser (tests/support/log_cases.h).
#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include "intel/log_kinds.h"

#include "sdk/batch_text.h"
#include "tests/support/log_cases.h"

namespace sextant::intel {
namespace {

using sdk::cell_text;
using sdk::has_column;

std::vector<sdk::Rows> parse(const Parser& parser, const Case& test) {
  const auto function = parser_function(parser);
  const auto prepared = function.prepare({});
  EXPECT_TRUE(prepared);
  std::vector<sdk::Rows> out;
  const auto emit = [&out](sdk::Rows rows) -> Result<> {
    out.push_back(std::move(rows));
    return {};
  };
  sdk::Source source;
  source.path = test.path;
  const auto stage = (*prepared)->start(source);
  EXPECT_TRUE(stage->text({.text = test.heading + test.line, .offset = 0, .last = true}, emit));
  EXPECT_TRUE(stage->finish(emit));
  return out;
}

std::string with_visible_newlines(std::string text) {
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, "\\n");
  }
  return text;
}

void check(const Parser& parser, const Case& test) {
  const auto rows = parse(parser, test);
  ASSERT_EQ(rows.size(), 1U) << test.line;
  ASSERT_EQ(rows[0].batch->num_rows(), 1);
  const bool malformed = rows[0].table == "malformed";
  const auto reason = malformed ? cell_text(rows[0].batch, "reason", 0).value_or("") : "";
  ASSERT_EQ(malformed, !test.malformed.empty()) << reason;
  if (malformed) {
    EXPECT_TRUE(reason.contains(test.malformed)) << reason;
    EXPECT_EQ(cell_text(rows[0].batch, "raw", 0), test.line);
    EXPECT_EQ(cell_text(rows[0].batch, "kind", 0), parser.kind);
    return;
  }
  EXPECT_EQ(rows[0].table, parser.kind);
  for (const auto& [column, expected] : test.expected) {
    EXPECT_TRUE(has_column(rows[0].batch, column)) << column;
    const auto cell = cell_text(rows[0].batch, column, 0).value_or("~");
    EXPECT_EQ(with_visible_newlines(cell), expected) << column;
  }
}

class Cases : public testing::TestWithParam<LogKind> {};

TEST_P(Cases, EveryLineGivesWhatTheCaseFileSays) {
  const auto& parser = *GetParam().parser;
  const auto cases = load_cases(parser.kind);
  EXPECT_GE(cases.size(), 30U);
  for (const auto& test : cases) {
    SCOPED_TRACE(std::string(parser.kind) + ".case:" + std::to_string(test.number));
    EXPECT_TRUE(!test.expected.empty() || !test.malformed.empty()) << "nothing is expected";
    check(parser, test);
  }
}

INSTANTIATE_TEST_SUITE_P(Parsers, Cases, testing::ValuesIn(log_kinds()),
                         [](const auto& each) { return std::string(each.param.name()); });

}  // namespace
}  // namespace sextant::intel
