#include "api/sextant/sextant_http.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sextant::api::sextant_http {
namespace {

net::Request request(const char* method, std::string target) {
  net::Request made;
  made.method = method;
  made.target = std::move(target);
  made.body = make_body(std::string());
  return made;
}

// "ListDeliveries {…}", or the error's name.
std::string meaning(const char* method, const std::string& below) {
  const auto call = parse_request(request(method, std::string(kOwnPrefix) + below));
  if (!call) return call.error().name;
  return call->operation + " " + boost::json::serialize(call->parameters);
}

TEST(SextantHttp, OperationsByMethodAndPath) {
  struct {
    const char* method;
    const char* below;
    const char* expected;
  } const table[] = {
      {"POST", "query", "Query {}"},
      {"GET", "tables", "ListTables {}"},
      {"GET", "tables/alb", R"(DescribeTable {"Name":"alb"})"},
      {"GET", "tables/a%20b%2Bc", R"(DescribeTable {"Name":"a b+c"})"},
      {"GET", "functions", "ListFunctions {}"},
      {"GET", "status", "GetStatus {}"},
      {"GET", "status?X-Amz-Signature=0a&x-amz-Security-Token=t&X-Amz-Expires=60", "GetStatus {}"},
      {"GET", "deliveries", "ListDeliveries {}"},
      {"GET", "deliveries/summary", "SummarizeDeliveries {}"},
      {"GET", "audit/verify", "VerifyAudit {}"},
      {"POST", "audit/verify", "VerifyAudit {}"},
      {"POST", "audit/seal", "SealAudit {}"},
      {"GET", "audit/seal", "MethodNotAllowed"},
      {"POST", "intake/alb", R"(PutIntakeBatch {"Kind":"alb"})"},
      {"POST", "intake/alb?source=a&kind=b", R"(PutIntakeBatch {"Source":"a","Kind":"alb"})"},
      {"GET", "intake/alb", "MethodNotAllowed"},
      {"POST", "intake/", "ResourceNotFoundException"},
      {"POST", "intake/alb/x", "ResourceNotFoundException"},
      {"GET", "intake-sources", "ListIntakeSources {}"},
      {"POST", "intake-sources", "CreateIntakeSource {}"},
      {"DELETE", "intake-sources/web-1", R"(RevokeIntakeSource {"Name":"web-1"})"},
      {"GET", "audit/digests?after=7", R"(ListAuditDigests {"After":"7"})"},
      {"GET", "audit/public-key", "GetAuditPublicKey {}"},
      {"GET", "deliveries?max_items=5&next_token=a%2Fb&outcome=Dropped",
       R"(ListDeliveries {"MaxItems":"5","NextToken":"a/b","Outcome":"Dropped"})"},
      {"GET", "deliveries?outcome", R"(ListDeliveries {"Outcome":""})"},
      // The path's name is the table's, whatever the query says.
      {"GET", "tables/alb?name=other", R"(DescribeTable {"Name":"alb"})"},
      {"GET", "deliveries?outcome=%zz", "ValidationException"},
      {"GET", "query", "MethodNotAllowed"},
      {"DELETE", "tables/alb", "MethodNotAllowed"},
      {"GET", "", "ResourceNotFoundException"},
      {"GET", "tables/", "ResourceNotFoundException"},
      {"GET", "tables/a/b", "ResourceNotFoundException"},
      {"GET", "tables/a%2Fb", "ResourceNotFoundException"},
      {"GET", "tables/%zz", "ResourceNotFoundException"},
      {"GET", "Tables", "ResourceNotFoundException"},
      {"GET", "deliveries/", "ResourceNotFoundException"},
      {"GET", "../tables", "ResourceNotFoundException"},
  };
  for (const auto& row : table)
    EXPECT_EQ(meaning(row.method, row.below), row.expected) << row.method << " " << row.below;
}

TEST(SextantHttp, OnlyWhatIsPostedHasADocument) {
  EXPECT_TRUE(parse_request(request("POST", "/_sextant/query"))->has_document);
  EXPECT_FALSE(parse_request(request("GET", "/_sextant/tables"))->has_document);
}

TEST(SextantHttp, LinesAreNoDocumentAndTheirHeadersAreParameters) {
  auto lines = request("POST", "/_sextant/intake/alb?batch=of-the-query");
  lines.headers = {{"X-Sextant-Batch", "b1"}, {"Content-Encoding", "gzip"}, {"X-Other", "x"}};
  const auto call = parse_request(lines);
  ASSERT_TRUE(call);
  EXPECT_TRUE(call->takes_body);
  EXPECT_FALSE(call->has_document);
  EXPECT_EQ(boost::json::serialize(call->parameters),
            R"({"Batch":"b1","ContentEncoding":"gzip","Kind":"alb"})");
  auto sql = request("POST", "/_sextant/query");
  sql.headers = lines.headers;
  EXPECT_FALSE(parse_request(sql)->takes_body);
  EXPECT_TRUE(parse_request(sql)->parameters.empty());
  EXPECT_EQ(to_response("PutIntakeBatch", {}).status, 202);
}

TEST(SextantHttp, ADocumentsMembersAreParameters) {
  WireCall call{.operation = "Query", .parameters = {}};
  ASSERT_TRUE(add_document(R"({"sql":"SELECT 1","rows_max":10})", call));
  EXPECT_EQ(boost::json::serialize(call.parameters), R"({"Sql":"SELECT 1","RowsMax":10})");
  for (const char* document : {"", "[]", "1", "\"sql\"", "{", R"({"sql":1}x)"}) {
    const auto refused = add_document(document, call);
    ASSERT_FALSE(refused) << document;
    EXPECT_EQ(refused.error().code, Code::Invalid) << document;
  }
}

std::string body_of(net::Response response) {
  return read_all_blocking(std::move(response.body), 1 << 20).value_or("(unreadable)");
}

TEST(SextantHttp, ResultsAreJsonUnlessTheyBringABody) {
  sdk::Output plain;
  plain.result["Pending"] = 3;
  auto response = to_response("GetStatus", std::move(plain));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(net::find_header(response.headers, "content-type"), "application/json");
  EXPECT_EQ(body_of(std::move(response)), "{\"Pending\":3}\n");

  sdk::Output rows;
  rows.result["ContentType"] = "text/csv";
  rows.body = make_body(std::string("a,b\n"));
  response = to_response("Query", std::move(rows));
  EXPECT_EQ(net::find_header(response.headers, "content-type"), "text/csv");
  EXPECT_EQ(body_of(std::move(response)), "a,b\n");
}

TEST(SextantHttp, ErrorsSayWhatAndWhetherToTryAgain) {
  struct {
    Error error;
    int status;
    const char* name;
    bool again;
  } const table[] = {
      {{Code::Invalid, "bad", "ValidationException"}, 400, "ValidationException", false},
      {{Code::Denied, "no", "AccessDenied"}, 403, "AccessDenied", false},
      {{Code::NotFound, "none", ""}, 404, "NotFound", false},
      {{Code::Invalid, "GET it", "MethodNotAllowed"}, 405, "MethodNotAllowed", false},
      {{Code::Exhausted, "busy", "TooManyRequestsException"},
       503,
       "TooManyRequestsException",
       true},
      {{Code::Exhausted, "slow", "ThrottlingException"}, 429, "ThrottlingException", true},
      {{Code::Unavailable, "down", ""}, 503, "Unavailable", true},
      {{Code::Corrupt, "file x", ""}, 500, "Corrupt", false},
  };
  for (const auto& row : table) {
    auto response = to_error_response(row.error, "r1");
    EXPECT_EQ(response.status, row.status) << row.name;
    EXPECT_EQ(net::find_header(response.headers, "x-amzn-errortype"), row.name);
    EXPECT_EQ(net::find_header(response.headers, "retry-after").has_value(), row.again) << row.name;
    const auto told = boost::json::parse(body_of(std::move(response))).as_object();
    EXPECT_EQ(told.at("__type").as_string(), row.name);
    EXPECT_EQ(told.at("message").as_string(), row.error.message);
    EXPECT_EQ(told.at("requestId"), "r1");
  }
}

}  // namespace
}  // namespace sextant::api::sextant_http
