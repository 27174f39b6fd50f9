#include "adapters/embedded/stored_value.h"

#include <gtest/gtest.h>

namespace sextant::adapters {
namespace {

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text.push_back(kDigits[static_cast<std::uint8_t>(byte) >> 4]);
    text.push_back(kDigits[static_cast<std::uint8_t>(byte) & 15]);
  }
  return text;
}

// Stored bytes never change their meaning: docs/formats/embedded-store.md.
TEST(StoredValueTest, GoldenBytes) {
  EXPECT_EQ(hex(encode_value({.version = 258, .payload = "ab"})),
            "100000000000000102"
            "6162");
  EXPECT_EQ(hex(encode_value({.version = 1, .expires_at = Time(Duration(515)), .payload = ""})),
            "110000000000000001"
            "0000000000000203");
  EXPECT_EQ(hex(encode_record({.payload = "ab"})), "106162");
  EXPECT_EQ(hex(record_key("st", 258)),
            "0002"
            "7374"
            "0000000000000102");
  EXPECT_EQ(hex(head_key("st")), "737374");
  EXPECT_EQ(hex(encode_head({.first = 2, .next = 3})),
            "10"
            "0000000000000002"
            "0000000000000003" +
                std::string(64, '0'));
  EXPECT_EQ(hex(encode_number(258)), "0000000000000102");
}

TEST(StoredValueTest, ReadsBackWhatItWrote) {
  const Time end(std::chrono::hours(500'000));
  const std::string bytes = encode_value({.version = 77, .expires_at = end, .payload = "x\0y"});
  const auto value = decode_value(bytes);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->version, 77u);
  EXPECT_EQ(value->expires_at, end);
  EXPECT_FALSE(value->expired(end - Duration(1)));
  EXPECT_TRUE(value->expired(end));

  const Sha256Digest chain = sha256("chain");
  const std::string stored = encode_record({.chain = chain, .payload = "p"});
  const auto record = decode_record(stored);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->chain, chain);
  EXPECT_EQ(record->payload, "p");

  const auto head = decode_head(encode_head({.first = 5, .next = 9, .chain = chain}));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->first, 5u);
  EXPECT_EQ(head->next, 9u);
  EXPECT_EQ(head->chain, chain);
  EXPECT_EQ(sequence_of(record_key("any stream", 1234567890123)), 1234567890123u);
}

TEST(StoredValueTest, OtherFormatsAndShortBytesAreCorrupt) {
  for (const std::string bytes :
       {"", "\x10", "\x20zzzzzzzzz", "\x12zzzzzzzzzzzzzzzzzz", "\x11zzzzzzzz"})
    EXPECT_EQ(decode_value(bytes).error().code, Code::Corrupt);
  for (const std::string bytes : {"", "\x20", "\x11too short for a chain"})
    EXPECT_EQ(decode_record(bytes).error().code, Code::Corrupt);
  const std::string head = encode_head({});
  EXPECT_EQ(decode_head(head + "x").error().code, Code::Corrupt);
  EXPECT_EQ(decode_head(head.substr(1)).error().code, Code::Corrupt);
  EXPECT_EQ(decode_number("1234567").error().code, Code::Corrupt);
}

TEST(StoredValueTest, RecordsOfAStreamSortBySequence) {
  EXPECT_LT(record_key("s", 255), record_key("s", 256));
  EXPECT_LT(record_key("s", ~0ull), record_key("t", 1));
}

}  // namespace
}  // namespace sextant::adapters
