#include "net/request_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/malformed_requests.h"

namespace sextant::net {
namespace {

using namespace test;
using Progress = RequestReader::Progress;

struct Outcome {
  int status = 0;  // 0: accepted
  std::string reason;
  std::string body;
  std::size_t left = 0;  // bytes behind the request
};

// As a connection does it, `step` bytes at a time.
Outcome read_whole(std::string_view bytes, std::size_t step, ReadLimits limits = {}) {
  RequestReader reader(limits);
  std::string pending;
  Outcome outcome;
  bool is_head_done = false;
  for (std::size_t at = 0; at < bytes.size() || at == 0; at += step) {
    pending += bytes.substr(std::min(at, bytes.size()), step);
    std::size_t used = 0;
    if (!is_head_done) {
      const auto progress = reader.read_head(pending, used);
      if (progress == Progress::Refused)
        return {reader.refusal().status, std::string(reader.refusal().reason), {}, 0};
      if (progress == Progress::NeedsMore) continue;
      is_head_done = true;
      pending.erase(0, used);
    }
    const auto progress = reader.read_body(pending, used, outcome.body, 1 << 20);
    pending.erase(0, used);
    if (progress == Progress::Refused)
      return {reader.refusal().status, std::string(reader.refusal().reason), {}, 0};
    if (progress != Progress::Done) continue;
    outcome.left = pending.size() + bytes.size() - std::min(bytes.size(), at + step);
    return outcome;
  }
  outcome.status = -1;  // wants more
  return outcome;
}

TEST(RequestReader, RefusesHeadsThatTwoReadersCouldReadDifferently) {
  for (const auto& [why, bytes, status] : malformed_heads()) {
    for (const std::size_t step : {1uz, 3uz, 100'000uz}) {
      const auto outcome = read_whole(bytes, step);
      EXPECT_EQ(outcome.status, status) << why << ", by " << step;
      EXPECT_FALSE(outcome.reason.empty()) << why;
    }
  }
}

TEST(RequestReader, RefusesMalformedChunks) {
  for (const auto& [why, bytes, status] : malformed_chunks()) {
    for (const std::size_t step : {1uz, 3uz, 100'000uz}) {
      EXPECT_EQ(read_whole(bytes, step).status, status) << why << ", by " << step;
    }
  }
}

TEST(RequestReader, AcceptsWhatIsWellFormedAndStopsAtItsEnd) {
  struct Good {
    std::string bytes;
    std::string body;
  };
  const std::vector<Good> cases = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", ""},
      {"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", ""},
      {"GET / HTTP/1.0\r\n\r\n", ""},
      {"GET /a|b{c}\"<>?%7e=^`\\ HTTP/1.1\r\nHost: a\r\n\r\n", ""},
      {with("X: caf\xc3\xa9\r\n"), ""},
      {with("X: a\tb\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c\r\n"), ""},
      {with("Content-Length: 0\r\n"), ""},
      {with("content-length: 0003\r\n", "abc"), "abc"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "abc"},
      {"POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", "abc"},
      {with("TRANSFER-ENCODING: Chunked\r\n", "0\r\n\r\n"), ""},
      {chunked("3\r\nabc\r\n0003\r\ndef\r\n0\r\n\r\n"), "abcdef"},
      {chunked("3;a;b=c;d=\"e f\"\r\nabc\r\n0;z\r\nT: 1\r\nU: 2\r\n\r\n"), "abc"},
  };
  for (const auto& [bytes, body] : cases) {
    for (const std::size_t step : {1uz, 3uz, 100'000uz}) {
      const auto outcome = read_whole(bytes + "GET /next", step);
      EXPECT_EQ(outcome.status, 0) << bytes << outcome.reason;
      EXPECT_EQ(outcome.body, body) << bytes;
      EXPECT_EQ(outcome.left, 9u) << bytes;
    }
  }
}

TEST(RequestReader, TellsWhatTheHeadMeans) {
  struct Meaning {
    std::string bytes;
    bool keep_alive;
    bool expects_continue;
    std::optional<std::uint64_t> length;
  };
  const std::vector<Meaning> cases = {
      {with("Content-Length: 7\r\n"), true, false, 7},
      {with("Connection: Close\r\n"), false, false, 0},
      {with("Connection: x, close\r\n"), false, false, 0},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, false, 0},
      {with("Expect: 100-Continue\r\nContent-Length: 7\r\n"), true, true, 7},
      {"PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n", false, false, 7},
      {chunked(""), true, false, std::nullopt},
      {with("Content-Length: 18446744073709551615\r\n"), true, false, ~0ull},
  };
  for (const auto& meaning : cases) {
    RequestReader reader({});
    std::size_t used = 0;
    ASSERT_EQ(reader.read_head(meaning.bytes, used), Progress::Done) << meaning.bytes;
    EXPECT_EQ(used, meaning.bytes.size());
    EXPECT_EQ(reader.head().keep_alive, meaning.keep_alive) << meaning.bytes;
    EXPECT_EQ(reader.head().expects_continue, meaning.expects_continue) << meaning.bytes;
    EXPECT_EQ(reader.head().content_length, meaning.length) << meaning.bytes;
    EXPECT_EQ(reader.body_left(), meaning.length) << meaning.bytes;
  }
}

TEST(RequestReader, FillsNoMoreThanTheRoomItIsGiven) {
  for (const auto& bytes :
       {with("Content-Length: 10\r\n", "0123456789"), chunked("A\r\n0123456789\r\n0\r\n\r\n")}) {
    RequestReader reader({});
    std::size_t used = 0;
    ASSERT_EQ(reader.read_head(bytes, used), Progress::Done);
    std::string_view rest = std::string_view(bytes).substr(used);
    std::string all;
    for (auto progress = Progress::NeedsMore; progress != Progress::Done;) {
      std::string piece;
      progress = reader.read_body(rest, used, piece, 3);
      ASSERT_NE(progress, Progress::Refused);
      ASSERT_LE(piece.size(), 3u);
      rest.remove_prefix(used);
      all += piece;
    }
    EXPECT_EQ(all, "0123456789");
    EXPECT_TRUE(rest.empty());
  }
}

}  // namespace
}  // namespace sextant::net
