#include "intel/parsers/text_bytes.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace sextant::intel {
namespace {

TEST(TextBytes, TheFirstLineEndsAtItsNewlineWhereverThatIs) {
  for (std::size_t length = 0; length < 70; ++length) {
    const auto line = first_line(std::string(length, 'x') + "\nmore\xFF");
    EXPECT_EQ(line.length, length);
    EXPECT_TRUE(line.plain) << "bytes behind the line are not its own";
    EXPECT_EQ(first_line(std::string(length, 'x')).length, length);
  }
}

TEST(TextBytes, ALineIsPlainWithoutNulAndHighBytes) {
  for (std::size_t at = 0; at < 40; ++at) {
    for (const char special : {'\0', '\x80', '\xFF'}) {
      std::string text(40, 'x');
      text[at] = special;
      EXPECT_FALSE(first_line(text + "\nmore").plain) << at;
      EXPECT_FALSE(first_line(text).plain) << at;
    }
  }
  EXPECT_TRUE(first_line("\x01\x7F\t\n").plain);
}

TEST(TextBytes, OnlyBytesThatAreNoTextAreEscaped) {
  const std::pair<std::string, std::string> cases[] = {
      {"plain", "plain"},
      {"é€😀", "é€😀"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"\xFF", "\\xFF"},
      {"\xC3", "\\xC3"},                             // cut short
      {"\xC0\xAF", "\\xC0\\xAF"},                    // overlong
      {"\xE0\x80\xAF", "\\xE0\\x80\\xAF"},           // overlong
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},           // a surrogate
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},  // beyond U+10FFFF
      {"\xF0\x9F\x98", "\\xF0\\x9F\\x98"},
      {"caf\xE9!", "caf\\xE9!"},
  };
  std::string out;
  for (const auto& [bytes, text] : cases) {
    escape_into(bytes, out);
    EXPECT_EQ(out, text);
    EXPECT_TRUE(valid_utf8(out));
  }
  escape_into("\"caf\xE9\\n\"", out, "\\\\");  // in a JSON string
  EXPECT_EQ(out, "\"caf\\\\xE9\\n\"");
}

}  // namespace
}  // namespace sextant::intel
