#include "guard/payload_body.h"

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <thread>

#include "core/hash.h"

namespace sextant::guard {
namespace {

// Gives its pieces one a read; on another thread when asked to, as a socket's body does.
class PiecesBody final : public Body {
 public:
  PiecesBody(std::deque<std::string> pieces, bool elsewhere)
      : pieces_(std::move(pieces)), elsewhere_(elsewhere) {}
  void read(OnChunk on_chunk) override {
    std::string piece;
    if (!pieces_.empty()) {
      piece = std::move(pieces_.front());
      pieces_.pop_front();
    }
    if (!elsewhere_) return on_chunk(std::move(piece));
    std::thread([done = std::move(on_chunk), piece = std::move(piece)]() mutable {
      done(std::move(piece));
    }).detach();
  }

 private:
  std::deque<std::string> pieces_;
  const bool elsewhere_;
};

std::deque<std::string> letters(const std::string& text) {
  std::deque<std::string> pieces;
  for (const char c : text) pieces.emplace_back(1, c);
  return pieces;
}

Authenticated with(PayloadKind kind, std::string sha256 = "") {
  Authenticated authenticated;
  authenticated.payload = kind;
  authenticated.payload_sha256 = std::move(sha256);
  return authenticated;
}

std::string read_or_error(Result<std::unique_ptr<PayloadBody>> body) {
  if (!body) return body.error().name;
  auto text = read_all_blocking(std::move(*body), 1 << 20);
  return text ? *text : text.error().name;
}

TEST(PayloadBody, HashIsCheckedAtTheEnd) {
  const auto good = with(PayloadKind::Hash, sha256_hex("hello"));
  EXPECT_EQ(read_or_error(check_payload(make_body("hello"), good, {})), "hello");
  EXPECT_EQ(read_or_error(check_payload(make_body("hellO"), good, {})),
            "XAmzContentSHA256Mismatch");
  EXPECT_EQ(read_or_error(check_payload(make_body(""), good, {})), "XAmzContentSHA256Mismatch");
  EXPECT_EQ((*check_payload(make_body("hello"), good, {}))->length(), 5u);
}

TEST(PayloadBody, UnsignedPassesThrough) {
  EXPECT_EQ(read_or_error(check_payload(make_body("any"), with(PayloadKind::Unsigned), {})), "any");
}

const Headers kChunkHeaders = {{"X-Amz-Decoded-Content-Length", "5"},
                               {"x-amz-trailer", "x-amz-checksum-crc32, x-amz-checksum-sha1"}};
constexpr auto kChunked =
    "2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-checksum-sha1:x\r\n\r\n";

TEST(PayloadBody, ChunksAreDecodedHoweverTheyArrive) {
  const auto chunks = with(PayloadKind::UnsignedChunksTrailer);
  for (const bool elsewhere : {false, true}) {
    auto body = check_payload(std::make_unique<PiecesBody>(letters(kChunked), elsewhere), chunks,
                              kChunkHeaders);
    ASSERT_TRUE(body);
    EXPECT_EQ((*body)->length(), 5u);
    auto* payload = body->get();
    std::string text;
    for (;;) {
      std::promise<Result<std::string>> next;
      payload->read([&](Result<std::string> chunk) { next.set_value(std::move(chunk)); });
      auto chunk = next.get_future().get();
      ASSERT_TRUE(chunk) << chunk.error().message;
      if (chunk->empty()) break;
      text += *chunk;
    }
    EXPECT_EQ(text, "hello");
    ASSERT_EQ(payload->trailers().size(), 2u);
    EXPECT_EQ(payload->trailers()[0].second, "NhCmhg==");
    EXPECT_EQ(
        read_or_error(check_payload(std::make_unique<PiecesBody>(letters(kChunked), elsewhere),
                                    chunks, kChunkHeaders)),
        "hello");
  }
}

TEST(PayloadBody, FramingInManyReadyPiecesDoesNotGrowTheStack) {
  std::deque<std::string> pieces;
  for (int i = 0; i < 200'000; ++i) pieces.emplace_back("0");  // a size that never ends
  const auto result =
      read_or_error(check_payload(std::make_unique<PiecesBody>(std::move(pieces), false),
                                  with(PayloadKind::UnsignedChunksTrailer), kChunkHeaders));
  EXPECT_EQ(result, "InvalidRequest");
}

TEST(PayloadBody, ChunksNeedTheirHeaders) {
  const auto chunks = with(PayloadKind::UnsignedChunksTrailer);
  EXPECT_EQ(read_or_error(check_payload(make_body(kChunked), chunks, {})), "MissingContentLength");
  EXPECT_EQ(read_or_error(check_payload(make_body(kChunked), chunks,
                                        {{"x-amz-decoded-content-length", "five"}})),
            "InvalidRequest");
  EXPECT_EQ(
      read_or_error(check_payload(make_body(kChunked), chunks,
                                  {{"x-amz-decoded-content-length", "6"},
                                   {"x-amz-trailer", "x-amz-checksum-crc32,x-amz-checksum-sha1"}})),
      "IncompleteBody");
}

}  // namespace
}  // namespace sextant::guard
