#include "cli/bucket_listing.h"

#include "tests/support/played_node.h"

namespace sextant::cli {
namespace {

using test::Asked;

net::Response xml_response(int status, std::string body) {
  return {.status = status, .headers = {}, .body = make_body(std::move(body))};
}

net::Response page(const std::vector<std::string>& keys, const std::string& next = "") {
  std::string body = "<ListBucketResult>";
  for (const auto& key : keys) body += "<Contents><Key>" + key + "</Key></Contents>";
  if (!next.empty()) body += "<NextContinuationToken>" + next + "</NextContinuationToken>";
  return xml_response(200, body + "</ListBucketResult>");
}

class BucketListing : public test::PlayedNodeTest {
 protected:
  using Keys = std::unordered_set<std::string>;
  Result<std::optional<Keys>> there(const std::vector<std::string>& planned) {
    std::vector<PlannedFile> plan;
    for (const auto& key : planned) plan.push_back({.path = {}, .key = key, .size = 0});
    return keys_there(*client_, "lo gs", plan);
  }
};

TEST_F(BucketListing, KeepsWhatIsPlannedOverAllPages) {
  answer = [](const Asked& asked) {
    if (asked.target.contains("token=t2")) return page({"p/c", "p/d"});
    if (asked.target.contains("token=t%2F1")) return page({"p/b"}, "t2");
    return page({"p/0", "p/a"}, "t/1");
  };
  const auto found = there({"p/a", "p/c", "p/x"});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(**found, (Keys{"p/a", "p/c"}));
  const auto pages = asked();
  ASSERT_EQ(pages.size(), 3u);
  EXPECT_TRUE(pages[0].target.starts_with("/lo%20gs?")) << pages[0].target;
  for (const auto& each : pages)
    EXPECT_TRUE(each.target.contains("&prefix=p%2F")) << "only below what all keys begin with";
}

TEST_F(BucketListing, EndsBehindTheLastPlannedKey) {
  answer = [](const Asked&) { return page({"a", "c"}, "more"); };
  const auto found = there({"a", "b"});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(**found, Keys{"a"});
  EXPECT_EQ(asked().size(), 1u);
}

// Else a plan of many parts would read the bucket from its beginning for each.
TEST_F(BucketListing, BeginsAtTheFirstPlannedKey) {
  const std::pair<std::string, std::string> table[] = {
      {"p/mno", "&start-after=p%2Fmn"}, {"m", "max-keys=500"}, {"p/\xC3\xA4", "&start-after=p%2F"}};
  for (const auto& [first, told] : table) {
    answer = [](const Asked&) { return page({}); };
    ASSERT_TRUE(there({first, "q/z"}));
    EXPECT_TRUE(asked().back().target.ends_with(told)) << asked().back().target;
  }
}

TEST_F(BucketListing, WithoutAPlanNothingIsAsked) {
  answer = [](const Asked&) { return page({"a"}); };
  const auto found = there({});
  ASSERT_TRUE(found && *found);
  EXPECT_TRUE((*found)->empty());
  EXPECT_TRUE(asked().empty());
}

TEST_F(BucketListing, WhoMayNotListIsToldSoWithoutAnError) {
  answer = [](const Asked&) {
    return xml_response(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
  };
  const auto found = there({"a"});
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(BucketListing, OtherErrorsAreErrors) {
  const std::pair<int, Code> table[] = {{404, Code::NotFound}, {503, Code::Exhausted}};
  for (const auto& [status, code] : table) {
    answer = [status = status](const Asked&) {
      return xml_response(status, "<Error><Code>X</Code><Message>no</Message></Error>");
    };
    const auto found = there({"a"});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, code);
  }
  answer = [](const Asked&) { return xml_response(200, "<ListBucketResult>"); };
  EXPECT_FALSE(there({"a"})) << "half an answer";
}

}  // namespace
}  // namespace sextant::cli
