// Runs the case file of every parser: lines as they stand in logs, and what must come out.
//   # comment
//   path s3://bucket/key             the object's name, from here on
//   line <the line, raw>             \xHH is a byte
//   expect column=value column=value values end at a blank, or are quoted: "a b"; ~ is null, \n
//                                    a newline
//   malformed <part of the reason>
//   heading <the line, raw>          stands before the next lines, up to the next path
// A line is followed by one `malformed` or by one or more `expect`.
#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "intel/log_kinds.h"
#include "sdk/batch_text.h"

namespace sextant::intel {
namespace {

using sdk::cell_text;
using sdk::has_column;

struct Case {
  int number = 0;  // of the line in the file
  std::string path;
  std::string heading;
  std::string line;
  std::vector<std::pair<std::string, std::string>> expected;
  std::string malformed;
};

// Build trees lie inside the checkout, and tests run somewhere in a build tree.
std::filesystem::path folder() {
  auto above = std::filesystem::current_path();
  while (!exists(above / "src/intel/parsers") && above.has_relative_path()) {
    above = above.parent_path();
  }
  return above / "src/intel/parsers";
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "\\x" && at + 4 <= text.size()) {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(at + 2, 2)), nullptr, 16)));
      at += 3;
    } else {
      out.push_back(text[at]);
    }
  }
  return out;
}

void add_expected(std::string_view text, Case& into) {
  while (!text.empty()) {
    const auto equals = text.find('=');
    ASSERT_NE(equals, std::string_view::npos) << "line " << into.number << ": " << text;
    const std::string column(text.substr(0, equals));
    text.remove_prefix(equals + 1);
    const bool quoted = text.starts_with('"');
    const auto end = std::min(text.find(quoted ? '"' : ' ', quoted ? 1 : 0), text.size());
    const auto begin = quoted ? 1U : 0U;
    into.expected.emplace_back(column, text.substr(begin, end - begin));
    text.remove_prefix(std::min(end + (quoted ? 2 : 1), text.size()));
  }
}

std::vector<Case> load_cases(std::string_view kind) {
  std::ifstream file(folder() / (std::string(kind) + ".case"));
  EXPECT_TRUE(file) << "no case file for " << kind << " in " << folder();
  std::vector<Case> cases;
  std::string path = "s3://logs/key";
  std::string heading;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    const auto blank = text.find(' ');
    const auto word = text.substr(0, blank);
    const auto rest = blank == std::string::npos ? "" : text.substr(blank + 1);
    if (word.empty() || word[0] == '#') continue;
    if (word == "path") {
      path = rest;
      heading.clear();
    } else if (word == "heading") {
      heading += unescape(rest) + "\n";
    } else if (word == "line") {
      cases.push_back({number, path, heading, unescape(rest), {}, {}});
    } else if (word == "expect" && !cases.empty()) {
      add_expected(rest, cases.back());
    } else if (word == "malformed" && !cases.empty()) {
      cases.back().malformed = rest;
    } else {
      ADD_FAILURE() << kind << ".case:" << number << ": unknown word '" << word << "'";
    }
  }
  return cases;
}

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
