#include "core/dictionary.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace sextant {
namespace {

// Against the standard library's map, over texts of all lengths that the hash treats apart.
TEST(Dictionary, AnEmptyTextIsOneWhereverItPoints) {
  Dictionary dictionary;
  const auto number = dictionary.add(std::string_view());
  EXPECT_EQ(dictionary.add(std::string_view("")), number);
  EXPECT_EQ(dictionary.find(std::string_view(), Dictionary::hash(std::string_view())), number);
}

TEST(Dictionary, NumbersTextsInTheOrderOfTheirFirstSight) {
  Dictionary dictionary;
  std::unordered_map<std::string, std::int32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const auto text =
        std::string(static_cast<std::size_t>(i % 40), 'x') + std::to_string(i % 7'000);
    const auto number = expected.try_emplace(text, std::int32_t(expected.size())).first->second;
    ASSERT_EQ(dictionary.add(text), number);
    ASSERT_EQ(dictionary.at(number), text);
    ASSERT_EQ(dictionary.find(text), number);
  }
  EXPECT_EQ(dictionary.find("never added"), Dictionary::kNone);
  EXPECT_TRUE(dictionary.large());
  const auto array = dictionary.finish();
  ASSERT_TRUE(array->ValidateFull().ok());
  EXPECT_EQ(array->length(), std::int64_t(expected.size()));
  EXPECT_EQ(dictionary.size(), 0);
  EXPECT_EQ(dictionary.find("0"), Dictionary::kNone);
  EXPECT_EQ(dictionary.add("again"), 0);
}

TEST(Dictionary, TellsBeforehandWhatItWillHold) {
  Dictionary dictionary;
  for (int i = 0; i < 20'000; ++i) {
    const auto text = std::to_string(i) + std::string(static_cast<std::size_t>(i % 300), 'x');
    const auto most = dictionary.memory_bytes_to_add(text.size());
    dictionary.add(text);
    ASSERT_LE(dictionary.memory_bytes(), most) << i;
    ASSERT_LE(most, 3 * dictionary.memory_bytes()) << i;
  }
}

TEST(Dictionary, HoldsTheEmptyTextAndTextsWithNul) {
  Dictionary dictionary;
  EXPECT_EQ(dictionary.add(""), 0);
  EXPECT_EQ(dictionary.add(std::string_view("\0", 1)), 1);
  EXPECT_EQ(dictionary.add(std::string_view("\0\0", 2)), 2);
  EXPECT_EQ(dictionary.find(""), 0);
  EXPECT_EQ(dictionary.find(std::string_view("\0", 1)), 1);
}

TEST(Dictionary, FinishesAsBinaryToo) {
  Dictionary dictionary;
  dictionary.add("\xff");
  dictionary.add("");
  const auto array = dictionary.finish(arrow::binary());
  ASSERT_TRUE(array->ValidateFull().ok());
  EXPECT_EQ(array->type_id(), arrow::Type::BINARY);
  EXPECT_EQ(static_cast<const arrow::BinaryArray&>(*array).GetView(0), "\xff");
  EXPECT_EQ(array->length(), 2);
}

std::string word(std::uint64_t value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

// Texts that collide under a hash that multiplies by constants: each second word undoes what the
// first did, or makes a factor zero. Whoever knows this file cannot find such texts for our hash.
TEST(Dictionary, TextsMadeToCollideDoNot) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  std::unordered_set<std::uint64_t> hashes;
  std::size_t texts = 0;
  const auto try_text = [&](const std::string& text) {
    ++texts;
    hashes.insert(Dictionary::hash(text));
  };
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    auto state = (17 * kOdd ^ i) * kOdd;
    state ^= state >> 29;
    try_text(word(i) + word(state));
    for (const std::uint64_t zero : {std::uint64_t{0}, kOdd, std::uint64_t{0xd1b54a32d192ed03},
                                     std::uint64_t{0xaef17502108ef2d9}}) {
      try_text(word(zero) + word(i) + word(1));
      try_text(word(i) + word(zero) + word(1));
      try_text(word(i) + word(i) + word(zero));
    }
  }
  EXPECT_EQ(hashes.size(), texts);
}

}  // namespace
}  // namespace sextant
