#include "sdk/text_blocks.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sextant::sdk {
namespace {

struct Line {
  std::string text;
  std::uint64_t offset = 0;
  std::uint64_t cut_bytes = 0;
  friend bool operator==(const Line&, const Line&) = default;
};

// The lines that come out when `text` goes in by pieces of `piece_bytes`.
std::vector<Line> lines_of(std::string_view text, std::size_t piece_bytes) {
  std::vector<Line> lines;
  bool ended = false;
  const auto take = [&](const TextBlock& block) -> Result<> {
    EXPECT_FALSE(ended);
    ended = block.last;
    if (block.cut_bytes > 0) {
      lines.push_back({std::string(block.text), block.offset, block.cut_bytes});
      return {};
    }
    for (std::size_t at = 0; at < block.text.size();) {
      auto end = block.text.find('\n', at);
      EXPECT_TRUE(end != std::string_view::npos || block.last);
      end = std::min(end, block.text.size());
      lines.push_back({std::string(block.text.substr(at, end - at)), block.offset + at, 0});
      at = end + 1;
    }
    return {};
  };
  TextBlocks blocks;
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    EXPECT_TRUE(blocks.add(text.substr(at, piece_bytes), take));
  }
  EXPECT_TRUE(blocks.finish(take));
  EXPECT_TRUE(ended);
  return lines;
}

TEST(TextBlocks, CutsTheSameLinesWhateverThePieces) {
  const std::string text = "one\n\ntwo and more\r\nthree\nlast without newline";
  const std::vector<Line> expected = {{"one", 0, 0},
                                      {"", 4, 0},
                                      {"two and more\r", 5, 0},
                                      {"three", 19, 0},
                                      {"last without newline", 25, 0}};
  for (const std::size_t piece : {1UL, 2UL, 3UL, 7UL, 20UL, 1000UL}) {
    EXPECT_EQ(lines_of(text, piece), expected) << "pieces of " << piece;
  }
}

TEST(TextBlocks, CutsAnOverlongLineAndKeepsCountingItsBytes) {
  const std::string text = "a\n" + std::string(3 * kLineBytesMax + 5, 'x') + "\nb\n";
  const std::vector<Line> expected = {{"a", 0, 0},
                                      {std::string(kLineBytesMax, 'x'), 2, 2 * kLineBytesMax + 5},
                                      {"b", 2 + 3 * kLineBytesMax + 5 + 1, 0}};
  for (const std::size_t piece : {65'536UL, 100'000'000UL}) {
    EXPECT_EQ(lines_of(text, piece), expected) << "pieces of " << piece;
  }
}

TEST(TextBlocks, ALineOfExactlyTheLimitIsWhole) {
  const std::string text = std::string(kLineBytesMax, 'x') + "\nb";
  const std::vector<Line> expected = {{std::string(kLineBytesMax, 'x'), 0, 0},
                                      {"b", kLineBytesMax + 1, 0}};
  EXPECT_EQ(lines_of(text, 4096), expected);
}

TEST(TextBlocks, AnOverlongLastLineIsCutToo) {
  const auto lines = lines_of(std::string(kLineBytesMax + 9, 'x'), 4096);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].cut_bytes, 9U);
}

TEST(TextBlocks, AnEmptyObjectIsOneEmptyLastBlock) { EXPECT_TRUE(lines_of("", 1).empty()); }

TEST(TextBlocks, AnErrorOfTheTakerEndsTheObject) {
  TextBlocks blocks;
  const auto refuse = [](const TextBlock&) -> Result<> { return fail(Code::Exhausted, "full"); };
  EXPECT_EQ(blocks.add("one\ntwo\n", refuse).error().code, Code::Exhausted);
}

TEST(TextBlocks, ForAFunctionThatTakesBytesNothingIsCut) {
  TextBlocks blocks(Takes::Bytes);
  std::string all;
  bool ended = false;
  const auto take = [&](const TextBlock& block) -> Result<> {
    EXPECT_EQ(block.offset, all.size());
    EXPECT_EQ(block.cut_bytes, 0U);
    all += block.text;
    ended = block.last;
    return {};
  };
  const std::string text = "{\n" + std::string(kLineBytesMax + 5, 'x') + "\nb";
  EXPECT_TRUE(blocks.add(text, take));
  EXPECT_TRUE(blocks.add("more", take));
  EXPECT_FALSE(ended);
  EXPECT_TRUE(blocks.finish(take));
  EXPECT_TRUE(ended);
  EXPECT_EQ(all, text + "more");
}

}  // namespace
}  // namespace sextant::sdk
