#include "cli/upload.h"

#include <fstream>

#include "core/hash.h"
#include "tests/support/played_node.h"
#include "tests/support/temporary_folder.h"

namespace sextant::cli {
namespace {

using test::Asked;

constexpr auto kHash = "x-amz-meta-sextant-sha256";

net::Response status(int code) { return {.status = code, .headers = {}}; }

class Upload : public test::PlayedNodeTest {
 protected:
  Upload() {
    file_ = {.path = folder_ / "a.log", .key = "dir/a b.log", .size = bytes_.size()};
    std::ofstream(file_.path, std::ios::binary) << bytes_;
  }
  Result<Uploaded> run(Known known = Known::Nothing) {
    sent_ = 0;
    return upload(*client_, "logs", file_, known, [&](std::uint64_t count) { sent_ += count; });
  }
  // "HEAD PUT": what was asked, in order.
  std::string methods() {
    std::string text;
    for (const auto& each : asked()) text += (text.empty() ? "" : " ") + each.method;
    return text;
  }

  test::TemporaryFolder folder_;
  const std::string bytes_ = std::string(100'000, 'x') + "\n";
  const std::string sha256_ = sha256_hex(bytes_);
  PlannedFile file_;
  std::uint64_t sent_ = 0;
};

TEST_F(Upload, SendsTheFileWithItsHash) {
  answer = [](const Asked& asked) { return status(asked.method == "HEAD" ? 404 : 200); };
  const auto done = run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(*done, Uploaded::Sent);
  EXPECT_EQ(methods(), "HEAD PUT");
  const auto put = asked().back();
  EXPECT_EQ(put.target, "/logs/dir/a%20b.log");
  EXPECT_TRUE(put.body == bytes_);
  EXPECT_EQ(net::find_header(put.headers, kHash), sha256_);
  EXPECT_EQ(net::find_header(put.headers, "x-amz-content-sha256"), sha256_);
  EXPECT_EQ(sent_, bytes_.size());
}

TEST_F(Upload, WhatIsThereWithTheSameBytesIsNotSentAgain) {
  answer = [&](const Asked&) -> net::Response {
    return {.status = 200, .headers = {{kHash, sha256_}}};
  };
  EXPECT_EQ(run(), Uploaded::AlreadyThere);
  EXPECT_EQ(methods(), "HEAD");
  EXPECT_EQ(sent_, 0u);
}

TEST_F(Upload, ChangedContentIsSentAndANewObjectIsNotAskedFor) {
  answer = [](const Asked&) -> net::Response {
    return {.status = 200, .headers = {{kHash, std::string(64, '0')}}};
  };
  EXPECT_EQ(run(), Uploaded::Sent);
  EXPECT_EQ(run(Known::IsAbsent), Uploaded::Sent);
  EXPECT_EQ(methods(), "HEAD PUT PUT");
}

// After a failed PUT nobody knows whether it happened: it is asked for before it is sent again.
TEST_F(Upload, ABusyNodeIsAskedAgain) {
  answer = [puts = 0, this](const Asked& asked) mutable -> net::Response {
    if (asked.method == "PUT") return status(++puts == 1 ? 503 : 200);
    return puts == 0 ? status(404) : net::Response{.status = 200, .headers = {{kHash, sha256_}}};
  };
  EXPECT_EQ(run(Known::IsAbsent), Uploaded::AlreadyThere);
  EXPECT_EQ(methods(), "PUT HEAD");
}

TEST_F(Upload, WhatTheNodeRefusesIsNotTriedAgain) {
  answer = [](const Asked&) { return status(403); };
  const auto refused = run(Known::IsAbsent);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Denied);
  EXPECT_EQ(methods(), "PUT");
}

TEST_F(Upload, AFileThatCannotBeReadIsAnError) {
  answer = [](const Asked&) { return status(200); };
  file_.path = folder_ / "gone";
  EXPECT_FALSE(run());
  EXPECT_EQ(methods(), "");
}

constexpr auto kBucket = "x-amz-meta-sextant-origin-bucket";
constexpr auto kEtags = "x-amz-meta-sextant-origin-etags";

std::string header(const Asked& asked, std::string_view name) {
  return std::string(net::find_header(asked.headers, name).value_or(""));
}

// Two who put the same key at the same time: the second one sees the first one's.
TEST_F(Upload, SomebodyElsesObjectIsSeenBeforeItIsReplaced) {
  answer = [heads = 0, puts = 0, this](const Asked& asked) mutable -> net::Response {
    if (asked.method == "PUT") return status(++puts == 3 ? 200 : 412);
    if (heads++ == 0) return {.status = 200, .headers = {{"ETag", "\"e1\""}}};
    return {.status = 200, .headers = {{"ETag", "\"e2\""}}};
  };
  EXPECT_EQ(run(Known::IsAbsent), Uploaded::Sent);
  EXPECT_EQ(methods(), "PUT HEAD PUT HEAD PUT");
  EXPECT_EQ(header(asked()[0], "If-None-Match"), "*");
  EXPECT_EQ(header(asked()[2], "If-Match"), "\"e1\"");
  EXPECT_EQ(header(asked()[2], "If-None-Match"), "");
  EXPECT_EQ(header(asked()[4], "If-Match"), "\"e2\"");
}

TEST_F(Upload, WhoMayOnlyPutPutsWithoutAsking) {
  answer = [](const Asked& asked) { return status(asked.method == "HEAD" ? 403 : 200); };
  EXPECT_EQ(run(), Uploaded::Sent);
  EXPECT_EQ(header(asked().back(), "If-None-Match"), "");
  EXPECT_EQ(header(asked().back(), "If-Match"), "");
}

TEST_F(Upload, ACopySaysWhereItIsFrom) {
  answer = [](const Asked& asked) { return status(asked.method == "HEAD" ? 404 : 200); };
  file_.origin = Origin{.bucket = "theirs", .etag = "e1"};
  EXPECT_EQ(run(), Uploaded::Sent);
  EXPECT_EQ(header(asked().back(), kBucket), "theirs");
  EXPECT_EQ(header(asked().back(), kEtags), "e1");
}

TEST_F(Upload, ACopyThatWasThereBeforeANewerOneIsNotSentAgain) {
  answer = [](const Asked&) -> net::Response {
    return {.status = 200, .headers = {{kBucket, "theirs"}, {kEtags, "e3 e2 e1"}}};
  };
  for (const char* etag : {"e1", "e2", "e3"}) {
    file_.origin = Origin{.bucket = "theirs", .etag = etag};
    EXPECT_EQ(run(), Uploaded::AlreadyThere) << etag;
    EXPECT_EQ(has_copy(*client_, "logs", "k", *file_.origin), true) << etag;
  }
  file_.origin->etag = "e4";
  EXPECT_EQ(has_copy(*client_, "logs", "k", *file_.origin), false);
  EXPECT_EQ(run(), Uploaded::Sent);
  EXPECT_EQ(header(asked().back(), kEtags), "e4 e3 e2 e1");
  file_.origin->etag = "";
  EXPECT_EQ(has_copy(*client_, "logs", "k", *file_.origin), false) << "no etag is none of them";
}

TEST_F(Upload, WhatACopyRemembersIsBounded) {
  std::string etags = "e0";
  for (int i = 1; i < 50; ++i) etags += " e" + std::to_string(i);
  answer = [&](const Asked&) -> net::Response {
    return {.status = 200, .headers = {{kBucket, "theirs"}, {kEtags, etags}}};
  };
  file_.origin = Origin{.bucket = "theirs", .etag = "new"};
  EXPECT_EQ(run(), Uploaded::Sent);
  const auto sent = header(asked().back(), kEtags);
  EXPECT_TRUE(sent.starts_with("new e0 e1 ") && sent.ends_with(" e14")) << sent;
}

TEST_F(Upload, ObjectsOfAnotherBucketAreNotReplaced) {
  answer = [](const Asked&) -> net::Response {
    return {.status = 200, .headers = {{kBucket, "others"}, {kEtags, "e1"}}};
  };
  file_.origin = Origin{.bucket = "theirs", .etag = "e1"};
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.contains("'others'")) << refused.error().message;
  EXPECT_FALSE(has_copy(*client_, "logs", "k", *file_.origin));
  EXPECT_EQ(methods(), "HEAD HEAD");
}

}  // namespace
}  // namespace sextant::cli
