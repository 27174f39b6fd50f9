#include "cli/bucket_ingest.h"

#include <algorithm>

#include "tests/support/played_node.h"

namespace sextant::cli {
namespace {

using test::Asked;

net::Response text_response(int status, std::string body = {}, net::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = make_body(std::move(body))};
}

std::string listing(const std::vector<std::string>& keys, const std::string& next = "") {
  std::string text = "<ListBucketResult>";
  for (const auto& key : keys) {
    text +=
        "<Contents><Key>" + key + "</Key><ETag>\"of-" + key + "\"</ETag><Size>5</Size></Contents>";
  }
  if (!next.empty()) text += "<NextContinuationToken>" + next + "</NextContinuationToken>";
  return text + "</ListBucketResult>";
}

// One server is both sides: the bucket "theirs", and the node's "ours", which has two of its
// objects, one of them unchanged.
class BucketIngest : public test::PlayedNodeTest {
 protected:
  BucketIngest() {
    options_.node.endpoint = client_->endpoint();
    options_.node.region = "us-east-1";
    options_.source.endpoint_url = client_->endpoint();
    options_.source.region = "us-east-1";
    options_.bucket = "ours";
    options_.parallel = 2;
    answer = [this](const Asked& asked) { return play(asked); };
  }

  net::Response play(const Asked& asked) const {
    if (asked.target.starts_with("/theirs?")) return list(asked.target);
    if (asked.target.starts_with("/theirs/"))
      return text_response(200, "bytes", {{"ETag", "\"of-" + asked.target.substr(8) + "\""}});
    if (asked.target.starts_with("/ours?"))
      return text_response(200, listing({"logs/changed", "logs/unchanged"}));
    if (asked.method == "HEAD") {
      return text_response(200, {},
                           {{"x-amz-meta-sextant-origin-bucket", "theirs"},
                            {"x-amz-meta-sextant-origin-etags", "of-unchanged"}});
    }
    return text_response(asked.target == "/ours/logs/refused" ? 403 : 200);
  }

  net::Response list(std::string_view target) const {
    if (!target.contains("continuation-token"))
      return text_response(200, listing({"changed", "new"}, "t2"));
    return text_response(second_page_status_, listing({"refused", "unchanged"}));
  }

  Result<> run() {
    const S3Location theirs{.bucket = "theirs", .prefix = ""};
    return ingest_bucket(
        options_, theirs,
        [] { return Result<sigv4::Credentials>(sigv4::Credentials{"AKID", "secret", ""}); },
        totals_, {});
  }

  long count(const std::string& method, const std::string& target) {
    return std::ranges::count_if(
        asked(), [&](const Asked& each) { return each.method == method && each.target == target; });
  }

  IngestOptions options_;
  IngestTotals totals_{IngestTotals::Tell::AtTheEnd};
  int second_page_status_ = 200;
};

TEST_F(BucketIngest, TakesWhatIsNewOrChangedOfAllPages) {
  options_.prefix = "logs/";
  EXPECT_TRUE(run());
  EXPECT_EQ(totals_.sent(), 2u);
  EXPECT_EQ(totals_.unchanged(), 1u);
  EXPECT_EQ(totals_.failures(), 1u);
  EXPECT_EQ(totals_.bytes(), 10u);
  EXPECT_EQ(count("PUT", "/ours/logs/changed"), 1);
  EXPECT_EQ(count("PUT", "/ours/logs/new"), 1);
  EXPECT_EQ(count("HEAD", "/ours/logs/new"), 0) << "known to be absent";
  EXPECT_EQ(count("GET", "/theirs/unchanged"), 0) << "not read again";
}

TEST_F(BucketIngest, APageThatIsRefusedIsAnErrorAndWhatWasBegunIsDone) {
  second_page_status_ = 403;
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Denied);
  EXPECT_TRUE(refused.error().message.starts_with("s3://theirs")) << refused.error().message;
  EXPECT_EQ(totals_.sent(), 2u);
}

}  // namespace
}  // namespace sextant::cli
