#include "guard/request_conditions.h"

#include <gtest/gtest.h>

namespace sextant::guard {
namespace {

constexpr Time kNow{std::chrono::seconds(1'783'030'980)};  // 2026-07-02T22:23:00Z

TEST(RequestConditions, OfAHeaderThatIsSigned) {
  const Headers headers{
      {"Authorization", "AWS4-HMAC-SHA256 …"},    {"X-Amz-Date", "20260702T222230Z"},
      {"Referer", "https://example.com/"},        {"x-amz-ACL", "public-read"},
      {"x-amz-server-side-encryption", "AES256"}, {"x-amz-request-payer", "requester"}};
  const SignedRequest request{.method = "PUT", .path = "/b/k", .query = "", .headers = headers};
  const sdk::ConditionContext expected{{"aws:referer", {"https://example.com/"}},
                                       {"s3:authType", {"REST-HEADER"}},
                                       {"s3:signatureAge", {"30000"}},
                                       {"s3:signatureversion", {"AWS4-HMAC-SHA256"}},
                                       {"s3:x-amz-acl", {"public-read"}},
                                       {"s3:x-amz-server-side-encryption", {"AES256"}}};
  EXPECT_EQ(request_conditions(request, "s3", kNow), expected);
  const sdk::ConditionContext elsewhere{{"aws:referer", {"https://example.com/"}}};
  EXPECT_EQ(request_conditions(request, "iam", kNow), elsewhere);
}

TEST(RequestConditions, OfAPresignedUrl) {
  const Headers none;
  const std::string query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260702%2Fus-east-1%2Fs3%2F"
      "aws4_request&X-Amz-Date=20260702T212300Z&X-Amz-Expires=7200&X-Amz-SignedHeaders=host&"
      "X-Amz-Signature=" +
      std::string(64, '0');
  const sdk::ConditionContext expected{{"s3:authType", {"REST-QUERY-STRING"}},
                                       {"s3:signatureAge", {"3600000"}},
                                       {"s3:signatureversion", {"AWS4-HMAC-SHA256"}}};
  EXPECT_EQ(request_conditions({.method = "GET", .path = "/b/k", .query = query, .headers = none},
                               "s3", kNow),
            expected);
  EXPECT_TRUE(request_conditions({.method = "GET", .path = "/b/k", .query = "", .headers = none},
                                 "s3", kNow)
                  .empty());
}

}  // namespace
}  // namespace sextant::guard
