#include "cli/s3_source.h"

#include "tests/support/played_node.h"

namespace sextant::cli {
namespace {

using test::Asked;

net::Response xml_response(int status, std::string body, net::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = make_body(std::move(body))};
}

std::string region_signed_for(const Asked& asked) {
  const std::string text(net::find_header(asked.headers, "Authorization").value_or(""));
  const auto date = text.find('/');
  const auto begin = text.find('/', date + 1) + 1;
  return text.substr(begin, text.find('/', begin) - begin);
}

class S3SourceTest : public test::PlayedNodeTest {
 protected:
  S3SourceTest() {
    SourceOptions options;
    options.endpoint_url = client_->endpoint();
    options.region = "us-east-1";
    auto opened = S3Source::open(options, "lo.gs", [] {
      return Result<sigv4::Credentials>(sigv4::Credentials{"AKID", "secret", "session"});
    });
    EXPECT_TRUE(opened) << opened.error().message;
    source_.emplace(std::move(*opened));
    auto spool = SpoolFile::open();
    EXPECT_TRUE(spool);
    spool_.emplace(std::move(*spool));
  }
  std::optional<S3Source> source_;
  std::optional<SpoolFile> spool_;
};

TEST_F(S3SourceTest, ListsAPage) {
  answer = [](const Asked&) {
    return xml_response(200,
                        "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>p/a%20b"
                        "</Key><Size>3</Size></Contents></ListBucketResult>");
  };
  const auto page = source_->list("p/", "t=1");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->objects.at(0).key, "p/a b");
  const auto call = asked().back();
  EXPECT_EQ(call.target,
            "/lo.gs?continuation-token=t%3D1&encoding-type=url&list-type=2&max-keys=1000"
            "&prefix=p%2F");
  EXPECT_EQ(net::find_header(call.headers, "x-amz-security-token"), "session");
}

TEST_F(S3SourceTest, APageThatIsTooLargeIsAskedForInParts) {
  answer = [](const Asked& asked) {
    if (asked.target.contains("max-keys=1000"))
      return xml_response(200, "<ListBucketResult>" + std::string(2 << 20, ' '));
    return xml_response(200, "<ListBucketResult/>");
  };
  EXPECT_TRUE(source_->list("", ""));
  EXPECT_EQ(asked().size(), 2u);
}

TEST_F(S3SourceTest, FetchesAVersion) {
  answer = [](const Asked&) { return xml_response(200, "the bytes", {{"ETag", "\"e-2\""}}); };
  spool_->write("of another object");
  EXPECT_EQ(source_->fetch("a b/ü+", "v/1", 9, *spool_), "e-2");
  EXPECT_EQ(spool_->beginning(100), "the bytes");
  EXPECT_EQ(asked().back().target, "/lo.gs/a%20b/%C3%BC%2B?versionId=v%2F1");
}

TEST_F(S3SourceTest, ErrorsOfTheObjectAreTold) {
  const std::pair<int, Code> table[] = {{403, Code::Denied},
                                        {404, Code::NotFound},
                                        {500, Code::Exhausted},
                                        {503, Code::Exhausted},
                                        {400, Code::Invalid}};
  for (const auto& [status, code] : table) {
    answer = [status = status](const Asked&) {
      return xml_response(status, "<Error><Code>Name</Code><Message>why</Message></Error>");
    };
    const auto fetched = source_->fetch("k", "", 0, *spool_);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, code) << status;
    EXPECT_EQ(fetched.error().name, "Name");
    EXPECT_EQ(fetched.error().message, "why");
    EXPECT_EQ(source_->list("", "").error().code, code);
  }
}

TEST_F(S3SourceTest, TheBucketsOwnRegionIsFoundAndKept) {
  for (const int status : {301, 400, 403}) {
    const auto region = "eu-west-" + std::to_string(status);
    answer = [status, region](const Asked& asked) {
      if (region_signed_for(asked) == region) return xml_response(200, "bytes", {{"ETag", "e"}});
      return xml_response(status, "<Error><Code>Elsewhere</Code></Error>",
                          {{"x-amz-bucket-region", region}});
    };
    const auto before = asked().size();
    EXPECT_TRUE(source_->fetch("k", "", 0, *spool_)) << status;
    EXPECT_EQ(spool_->beginning(100), "bytes") << "nothing of the error is left";
    EXPECT_TRUE(source_->fetch("k", "", 0, *spool_));
    EXPECT_EQ(asked().size() - before, 3u) << "asked for once";
  }
}

TEST_F(S3SourceTest, ARegionThatLeadsElsewhereIsNotFollowed) {
  answer = [](const Asked&) {
    return xml_response(301, "<Error><Code>PermanentRedirect</Code></Error>",
                        {{"x-amz-bucket-region", "x.example.com/"}});
  };
  EXPECT_FALSE(source_->list("", ""));
  EXPECT_EQ(asked().size(), 1u);
}

}  // namespace
}  // namespace sextant::cli
