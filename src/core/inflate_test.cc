#include "core/inflate.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "tests/support/gzip.h"

namespace sextant {
namespace {

std::string zstd_of(std::string_view text, int level = 3) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), level));
  return out;
}

std::string some_text(std::size_t bytes) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < bytes) {
    state = state * 1664525 + 1013904223;
    text += "line " + std::to_string(state >> 12) + " of a log\n";
  }
  return text;
}

// Feeds pieces of `step` bytes and takes at most `room` bytes a call.
Result<std::string> inflate_in_pieces(Compression kind, std::string_view bytes, std::size_t step,
                                      std::size_t room, InflateLimits limits = {}) {
  const auto inflater = Inflater::make(kind, limits);
  std::string out;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    while (!piece.empty()) {
      const auto before = out.size();
      SX_TRY(inflater->inflate(piece, out, room));
      EXPECT_LE(out.size() - before, room + 400'000);
    }
  }
  SX_TRY(inflater->finish());
  return out;
}

TEST(Inflate, SniffsByMagicNumber) {
  EXPECT_EQ(sniff_compression(test::gzip("x")), Compression::Gzip);
  EXPECT_EQ(sniff_compression(zstd_of("x")), Compression::Zstd);
  EXPECT_EQ(sniff_compression("plain"), Compression::None);
  EXPECT_EQ(sniff_compression(""), Compression::None);
  EXPECT_EQ(sniff_compression("\x1f"), Compression::None);
}

TEST(Inflate, AnyPieceAndRoomGivesTheSameText) {
  const std::string text = some_text(100'000);
  const std::pair<Compression, std::string> forms[] = {
      {Compression::None, text},
      {Compression::Gzip, test::gzip(text)},
      {Compression::Gzip,
       test::gzip(text.substr(0, 10)) + test::gzip("") + test::gzip(text.substr(10))},
      {Compression::Zstd, zstd_of(text)},
      {Compression::Zstd, zstd_of(text.substr(0, 10)) + zstd_of(text.substr(10))}};
  for (const auto& [kind, bytes] : forms) {
    for (const auto& [step, room] : std::initializer_list<std::pair<std::size_t, std::size_t>>{
             {1, 1'000'000}, {7, 13}, {bytes.size(), 1'000'000}, {bytes.size(), 100}, {999, 1}}) {
      const auto out = inflate_in_pieces(kind, bytes, step, room);
      ASSERT_TRUE(out) << out.error().message;
      EXPECT_TRUE(*out == text) << static_cast<int>(kind) << " " << step << " " << room;
    }
  }
}

TEST(Inflate, HighlyCompressedTextComesOutWholeBeforeTheInputIsEmpty) {
  const std::string zeros(3'000'000, '\0');
  for (const auto& [kind, bytes] : {std::pair{Compression::Gzip, test::gzip(zeros)},
                                    std::pair{Compression::Zstd, zstd_of(zeros)}}) {
    const auto out = inflate_in_pieces(kind, bytes, bytes.size(), 1000);
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_TRUE(*out == zeros);
  }
}

TEST(Inflate, CutShortOrDamagedIsInvalid) {
  const std::string text = some_text(50'000);
  for (const auto& [kind, bytes] : {std::pair{Compression::Gzip, test::gzip(text)},
                                    std::pair{Compression::Zstd, zstd_of(text)}}) {
    for (const std::size_t keep :
         {std::size_t{0}, std::size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
      const auto out = inflate_in_pieces(kind, std::string_view(bytes).substr(0, keep), 1000, 1000);
      ASSERT_FALSE(out) << keep;
      EXPECT_EQ(out.error().code, Code::Invalid);
    }
    std::string damaged = bytes;
    damaged[bytes.size() / 2] = static_cast<char>(~damaged[bytes.size() / 2]);
    if (kind == Compression::Gzip) {
      EXPECT_FALSE(inflate_in_pieces(kind, damaged, 1000, 100'000));
    }
    EXPECT_FALSE(inflate_in_pieces(kind, bytes + "garbage", 1000, 100'000));
    EXPECT_FALSE(inflate_in_pieces(kind, "garbage", 1000, 100'000));
  }
}

TEST(Inflate, BombsEndInExhausted) {
  const std::string zeros(4'000'000, '\0');
  const InflateLimits by_ratio{.ratio_max = 100, .ratio_free_bytes = 1000};
  const InflateLimits by_size{.bytes_max = 3'999'999};
  for (const auto& limits : {by_ratio, by_size}) {
    for (const auto& [kind, bytes] : {std::pair{Compression::Gzip, test::gzip(zeros)},
                                      std::pair{Compression::Zstd, zstd_of(zeros)}}) {
      const auto out = inflate_in_pieces(kind, bytes, 100, 10'000, limits);
      ASSERT_FALSE(out);
      EXPECT_EQ(out.error().code, Code::Exhausted) << out.error().message;
    }
  }
}

TEST(Inflate, ZstdWindowsHaveALimit) {
  std::string out(1000, '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27);
  ZSTD_inBuffer in{"x", 1, 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  ZSTD_compressStream2(context, &to, &in, ZSTD_e_flush);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  const auto result = inflate_in_pieces(Compression::Zstd, out, 1000, 1000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::Exhausted) << result.error().message;
}

// Of a damaged object everything before the damage is kept.
TEST(Inflate, WhatCameBeforeTheDamageIsThere) {
  const auto text = some_text(100'000);
  auto gzip = test::gzip(text);
  gzip[gzip.size() - 6] = static_cast<char>(~gzip[gzip.size() - 6]);  // its checksum
  auto cut_code = test::gzip(text);
  for (std::size_t i = cut_code.size() / 2; i < cut_code.size() / 2 + 64; ++i) cut_code[i] = '\xFF';
  for (const auto& bytes : {gzip, cut_code}) {
    const auto inflater = Inflater::make(Compression::Gzip);
    std::string_view in = bytes;
    std::string out;
    Result<> done;
    while (done && !in.empty()) done = inflater->inflate(in, out, 1 << 20);
    EXPECT_FALSE(done);
    EXPECT_GT(out.size(), text.size() / 3);
    EXPECT_TRUE(text.starts_with(out.substr(0, text.size() / 3)));
  }
}

}  // namespace
}  // namespace sextant
