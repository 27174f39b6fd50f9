#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "tests/support/s3_fixture.h"

namespace sextant::services::s3 {
namespace {

using boost::json::object;

class S3Listing : public test::S3Test {
 protected:
  S3Listing() {
    make_bucket();
    make_bucket("logs2");
    EXPECT_EQ(call("PutObject", {{"Bucket", "logs2"}, {"Key", "foreign"}}, "x").error, "");
  }
  void put_all(const std::vector<std::string>& keys) {
    for (const auto& key : keys) ASSERT_EQ(put(key, "x").error, "") << key;
  }
  test::Answer list(object parameters = {}) {
    parameters["Bucket"] = "logs";
    return call("ListObjectsV2", std::move(parameters));
  }
  // Keys, and common prefixes in brackets, as listed.
  static std::vector<std::string> names(const test::Answer& page) {
    std::vector<std::string> all;
    for (const auto& item : page.result.at("Contents").as_array())
      all.emplace_back(item.at("Key").as_string());
    for (const auto& item : page.result.at("CommonPrefixes").as_array())
      all.push_back("<" + std::string(item.at("Prefix").as_string()) + ">");
    return all;
  }
  // All pages; each but the last must be full and say that there is more.
  std::vector<std::string> pages(object parameters, std::size_t keys_max) {
    std::vector<std::string> all;
    parameters["MaxKeys"] = std::to_string(keys_max);
    for (int i = 0; i < 1'000; ++i) {
      const auto page = list(parameters);
      EXPECT_EQ(page.error, "");
      const auto found = names(page);
      EXPECT_EQ(page.text("KeyCount"), std::to_string(found.size()));
      all.insert(all.end(), found.begin(), found.end());
      if (page.text("IsTruncated") == "false") return all;
      EXPECT_EQ(found.size(), keys_max);
      parameters["ContinuationToken"] = page.text("NextContinuationToken");
    }
    ADD_FAILURE() << "the listing does not end";
    return all;
  }
};

using Names = std::vector<std::string>;

TEST_F(S3Listing, GivesKeysInByteOrderWithWhatIsKnownOfThem) {
  put_all({"b", "a", "B", "a/b", "ä"});
  const auto page = list();
  EXPECT_EQ(names(page), (Names{"B", "a", "a/b", "b", "ä"}));
  const auto& first = page.result.at("Contents").at(0).as_object();
  EXPECT_EQ(first.at("Size"), 1);
  EXPECT_EQ(first.at("ETag"), "\"9dd4e461268c8034f5c8564e155c67a6\"");
  EXPECT_EQ(first.at("LastModified"), "2026-07-02T22:23:00.000Z");
  EXPECT_EQ(page.text("IsTruncated"), "false");
  EXPECT_EQ(page.text("Name"), "logs");
}

TEST_F(S3Listing, PrefixAndDelimiter) {
  put_all({"a", "a/", "a/1", "a/b/1", "a/b/2", "a/c", "b/1", "b//2", "c"});
  struct {
    object parameters;
    Names expected;
  } const table[] = {
      {{{"Prefix", "a"}}, {"a", "a/", "a/1", "a/b/1", "a/b/2", "a/c"}},
      {{{"Prefix", "a/"}}, {"a/", "a/1", "a/b/1", "a/b/2", "a/c"}},
      {{{"Delimiter", "/"}}, {"a", "c", "<a/>", "<b/>"}},
      {{{"Prefix", "a/"}, {"Delimiter", "/"}}, {"a/", "a/1", "a/c", "<a/b/>"}},
      {{{"Prefix", "b/"}, {"Delimiter", "/"}}, {"b/1", "<b//>"}},
      {{{"Delimiter", "/b/"}}, {"a", "a/", "a/1", "a/c", "b/1", "b//2", "c", "<a/b/>"}},
      {{{"Prefix", "none"}}, {}},
      {{{"StartAfter", "a/b/1"}}, {"a/b/2", "a/c", "b//2", "b/1", "c"}},
      {{{"StartAfter", "b"}, {"Prefix", "a"}}, {}},
      {{{"StartAfter", "A"}, {"Prefix", "b/"}}, {"b//2", "b/1"}},
      {{{"MaxKeys", "0"}}, {}},
  };
  for (auto row : table) {
    std::ranges::sort(row.expected);
    auto found = names(list(row.parameters));
    std::ranges::sort(found);
    EXPECT_EQ(found, row.expected) << boost::json::serialize(row.parameters);
    if (row.parameters.contains("MaxKeys")) continue;
    for (const std::size_t size : {1u, 2u, 3u, 100u}) {
      found = pages(row.parameters, size);
      std::ranges::sort(found);
      EXPECT_EQ(found, row.expected)
          << boost::json::serialize(row.parameters) << " in pages of " << size;
    }
  }
}

// A common prefix hides more keys than one read of the store brings.
TEST_F(S3Listing, LongCommonPrefixesAreOneEach) {
  for (int i = 0; i < 2'300; ++i) put("a/" + std::to_string(i), "x");
  put("b", "x");
  put("c/1", "x");
  EXPECT_EQ(names(list({{"Delimiter", "/"}})), (Names{"b", "<a/>", "<c/>"}));
  EXPECT_EQ(pages({{"Delimiter", "/"}}, 1), (Names{"<a/>", "b", "<c/>"}));
  const auto all = pages({}, 1'000);
  EXPECT_EQ(all.size(), 2'302u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 2'302u);
  EXPECT_EQ(list().text("KeyCount"), "1000");
  EXPECT_EQ(list({{"MaxKeys", "5000"}}).text("KeyCount"), "1000");
}

TEST_F(S3Listing, GoesOnBehindTheTokenWhateverHappenedToIt) {
  put_all({"a", "b", "c"});
  const auto page = list({{"MaxKeys", "2"}});
  call("DeleteObject", {{"Bucket", "logs"}, {"Key", "b"}});
  put("bb", "x");
  EXPECT_EQ(names(list({{"ContinuationToken", page.text("NextContinuationToken")}})),
            (Names{"bb", "c"}));
}

TEST_F(S3Listing, NamesAreEncodedOnRequest) {
  put_all({"a b/ü", "a+b"});
  const auto page =
      list({{"EncodingType", "url"}, {"Delimiter", "/"}, {"Prefix", "a"}, {"StartAfter", "a "}});
  EXPECT_EQ(names(page), (Names{"a%2Bb", "<a%20b/>"}));
  EXPECT_EQ(page.text("Prefix"), "a");
  EXPECT_EQ(page.text("StartAfter"), "a%20");
  EXPECT_EQ(page.text("EncodingType"), "url");
}

TEST_F(S3Listing, WrongParametersAreRefused) {
  EXPECT_EQ(list({{"MaxKeys", "-1"}}).error, "InvalidArgument");
  EXPECT_EQ(list({{"MaxKeys", "1x"}}).error, "InvalidArgument");
  EXPECT_EQ(list({{"ContinuationToken", "no base64!"}}).error, "InvalidArgument");
  EXPECT_EQ(call("ListObjectsV2", {{"Bucket", "none"}}).error, "NoSuchBucket");
}

}  // namespace
}  // namespace sextant::services::s3
