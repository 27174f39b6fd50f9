#include "net/response_head.h"

#include <gtest/gtest.h>

#include "core/time_text.h"

namespace sextant::net {
namespace {

TEST(ResponseHead, HasTheServersHeadersAndTheHandlersOthers) {
  auto head = make_head(
      200, {{"ETag", "\"x\""}, {"date", "never"}, {"TRANSFER-ENCODING", "gzip"}, {"X", ""}},
      {Framing::Kind::Length, 42});
  ASSERT_TRUE(head);
  finish_head(*head, false);
  const std::string date = head->substr(head->find("Date: ") + 6, 29);
  EXPECT_TRUE(parse_http_date(date)) << date;
  EXPECT_EQ(*head, "HTTP/1.1 200 OK\r\nDate: " + date +
                       "\r\nContent-Length: 42\r\nETag: \"x\"\r\nX: \r\n\r\n");
}

TEST(ResponseHead, SaysHowTheBodyEnds) {
  const auto chunked = make_head(200, {}, {Framing::Kind::Chunked, 0}).value();
  EXPECT_TRUE(chunked.contains("Transfer-Encoding: chunked\r\n"));
  const auto none = make_head(204, {}, {}).value();
  EXPECT_FALSE(none.contains("Content-Length") || none.contains("Transfer-Encoding"));
  std::string closing = none;
  finish_head(closing, true);
  EXPECT_EQ(closing, none + "Connection: close\r\n\r\n");
}

TEST(ResponseHead, RefusesHeadersThatBreakTheFraming) {
  for (const std::string_view value : {"a\r\nb", "a\nb", "a\rb", "\x7f", "\x01"}) {
    EXPECT_FALSE(make_head(200, {{"X", std::string(value)}}, {})) << value;
  }
  EXPECT_FALSE(make_head(200, {{"X", std::string("a\0b", 3)}}, {}));
  for (const std::string_view name : {"", "a b", "a:", "a\r\n", "\xc3\xa4", "a;"}) {
    EXPECT_FALSE(make_head(200, {{std::string(name), "x"}}, {})) << name;
  }
  EXPECT_TRUE(make_head(200, {{"X-Amz-Meta-1", "caf\xc3\xa9\t."}}, {}));
}

TEST(ResponseHead, AShortAnswerIsWhole) {
  const auto busy = make_short_answer(503, "Busy.", false, true);
  EXPECT_TRUE(busy.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_TRUE(busy.contains("Retry-After: 1\r\n"));
  EXPECT_TRUE(busy.contains("Content-Length: 6\r\n"));
  EXPECT_TRUE(busy.ends_with("\r\n\r\nBusy.\n"));
  const auto head = make_short_answer(400, "No.", true, false);
  EXPECT_TRUE(head.ends_with("Connection: close\r\n\r\n"));
}

}  // namespace
}  // namespace sextant::net
