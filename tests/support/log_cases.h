#pragma once
// For tests. The case file of a parser: lines as they stand in logs, and what must come out.
//   # comment
//   path s3://bucket/key             the object's name, from here on
//   line <the line, raw>             \xHH is a byte
//   expect column=value column=value values end at a blank, or are quoted: "a b"; ~ is null, \n
//                                    a newline
//   malformed <part of the reason>
//   heading <the line, raw>          stands before the next lines, up to the next path
// A line is followed by one `malformed` or by one or more `expect`.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sextant::intel {

struct Case {
  int number = 0;  // of the line in the file
  std::string path;
  std::string heading;
  std::string line;
  std::vector<std::pair<std::string, std::string>> expected;
  std::string malformed;
};

// Build trees lie inside the checkout, and tests run somewhere in a build tree.
inline std::filesystem::path case_folder() {
  auto above = std::filesystem::current_path();
  while (!exists(above / "src/intel/parsers") && above.has_relative_path()) {
    above = above.parent_path();
  }
  return above / "src/intel/parsers";
}

inline std::string unescape_case(std::string_view text) {
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

inline void add_expected(std::string_view text, Case& into) {
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

inline std::vector<Case> load_cases(std::string_view kind) {
  std::ifstream file(case_folder() / (std::string(kind) + ".case"));
  EXPECT_TRUE(file) << "no case file for " << kind << " in " << case_folder();
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
      heading += unescape_case(rest) + "\n";
    } else if (word == "line") {
      cases.push_back({number, path, heading, unescape_case(rest), {}, {}});
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

}  // namespace sextant::intel
