#include "services/intake/batch_reader.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "tests/support/gzip.h"

namespace sextant::services::intake {
namespace {

// A batch's summary, given in pieces of that size; or the error's name.
Result<BatchSummary> read(const std::string& bytes, std::string_view encoding = "",
                          std::size_t piece = 1 << 20, const BatchLimits& limits = {}) {
  SX_TRY_AS(auto reader, BatchReader::make(encoding, limits));
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    SX_TRY(reader.take(std::string_view(bytes).substr(at, piece)));
  return reader.finish();
}

std::string error_of(const Result<BatchSummary>& read) { return read ? "" : read.error().name; }

TEST(BatchReader, CountsLinesAsTheyAreEnded) {
  const std::pair<std::string, std::uint64_t> rows[] = {
      {"a", 1},  {"a\n", 1},  {"a\nb", 2},       {"a\nb\n", 2},
      {"\n", 1}, {"\n\n", 2}, {"a\r\nb\r\n", 2}, {"a\n\nb", 3},
  };
  for (const auto& [text, lines] : rows) {
    for (const std::size_t piece : {1, 2, 3, 100}) {
      const auto plain = read(text, "", piece);
      ASSERT_TRUE(plain) << plain.error().message;
      EXPECT_EQ(plain->lines, lines) << text;
      EXPECT_EQ(plain->bytes, text.size());
      const auto packed = read(test::gzip(text), "gzip", piece);
      ASSERT_TRUE(packed) << packed.error().message;
      EXPECT_EQ(packed->lines, lines) << text;
      EXPECT_EQ(packed->sha256, plain->sha256) << "how it was sent does not matter";
      EXPECT_EQ(packed->compression, Compression::Gzip);
    }
  }
  EXPECT_NE(read("a\n")->sha256, read("a")->sha256);
}

TEST(BatchReader, TellsGzipByItsFirstBytesToo) {
  EXPECT_EQ(read(test::gzip("a\n"))->compression, Compression::Gzip);
  EXPECT_EQ(read("a\n", "identity")->compression, Compression::None);
  EXPECT_EQ(read("a\n")->compression, Compression::None);
}

TEST(BatchReader, RefusesWhatItCannotRead) {
  const auto packed = test::gzip(std::string(10'000, 'x') + "\n");
  EXPECT_EQ(error_of(read("")), "MalformedBody");
  EXPECT_EQ(error_of(read("", "gzip")), "MalformedBody");
  EXPECT_EQ(error_of(read(test::gzip(""))), "MalformedBody") << "nothing inside";
  EXPECT_EQ(error_of(read("plain text\n", "gzip")), "MalformedBody");
  EXPECT_EQ(error_of(read(packed, "zstd")), "MalformedBody");
  EXPECT_EQ(error_of(read(packed.substr(0, packed.size() - 1), "gzip")), "MalformedBody");
  EXPECT_EQ(error_of(read(packed + "more", "gzip")), "MalformedBody");
  auto flipped = packed;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);
  EXPECT_EQ(error_of(read(flipped, "gzip")), "MalformedBody");
  for (const char* other : {"br", "deflate", "gzip, gzip", "compress"})
    EXPECT_EQ(error_of(read("a\n", other)), "UnsupportedMediaType") << other;
}

TEST(BatchReader, StopsAtItsLimits) {
  BatchLimits limits{.sent_bytes_max = 100};
  EXPECT_TRUE(read(std::string(100, 'x'), "", 7, limits));
  EXPECT_EQ(error_of(read(std::string(101, 'x'), "", 7, limits)), "RequestEntityTooLarge");
  // Much of the same, in a few bytes.
  const auto bomb = test::gzip(std::string(4 << 20, 'x'));
  limits = {.inflate = {.bytes_max = 1 << 20}};
  EXPECT_EQ(error_of(read(bomb, "gzip", 100, limits)), "RequestEntityTooLarge");
  limits = {.inflate = {.ratio_max = 10, .ratio_free_bytes = 1 << 20}};
  EXPECT_EQ(error_of(read(bomb, "gzip", 100, limits)), "RequestEntityTooLarge");
  limits.inflate.ratio_max = 2'000;
  EXPECT_TRUE(read(bomb, "gzip", 100, limits));
}

}  // namespace
}  // namespace sextant::services::intake
