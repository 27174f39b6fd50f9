#include "api/query/query_protocol.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sextant::api::query {
namespace {

TEST(QueryProtocol, OfAPresignedGetOnlyTheParametersAreLeft) {
  net::Request request;
  request.method = "GET";
  request.target =
      "/?Action=GetUser&Version=2010-05-08&X-Amz-Signature=0a&x-amz-security-token=t&X-Amz-Date=d"
      "&x-AMZ-expires=60&UserName=ann";
  const auto call = QueryProtocol("urn:x").parse(request);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->operation, "GetUser");
  EXPECT_EQ(boost::json::serialize(call->parameters), R"({"UserName":"ann"})");
}

}  // namespace
}  // namespace sextant::api::query
