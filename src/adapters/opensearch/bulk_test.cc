#include "adapters/opensearch/bulk.h"

#include <gtest/gtest.h>

namespace sextant::adapters {
namespace {

TEST(Bulk, EachDocumentIsACreateWithItsIdAndOneLine) {
  const std::vector<ports::Document> documents{{"a\"b", "{\"n\":\r\n1}"}, {"c", "{}"}};
  const auto body = bulk_body(documents);
  EXPECT_EQ(body,
            "{\"create\":{\"_id\":\"a\\\"b\"}}\n{\"n\":  1}\n{\"create\":{\"_id\":\"c\"}}\n{}\n");
  EXPECT_LE(body.size(), bulk_bytes(documents[0]) + bulk_bytes(documents[1]));
}

TEST(Bulk, AnswersSayWhatBecameOfEachDocument) {
  struct Case {
    const char* item;
    BulkEnd end;
    const char* reason;
  };
  const Case cases[] = {
      {R"({"create":{"status":201}})", BulkEnd::Created, ""},
      {R"({"create":{"status":409,"error":{"type":"version_conflict_engine_exception"}}})",
       BulkEnd::Existing, ""},
      {R"({"create":{"status":409,"error":{"type":"resource_already_exists_exception"}}})",
       BulkEnd::Later, "resource_already_exists_exception: "},
      {R"({"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed",
           "caused_by":{"reason":"no date"}}}})",
       BulkEnd::Refused, "mapper_parsing_exception: failed (no date)"},
      {R"({"create":{"status":400,"error":{"type":"validation_exception","reason":"shards"}}})",
       BulkEnd::Later, "validation_exception: shards"},
      {R"({"create":{"status":403,"error":{"type":"cluster_block_exception","reason":"full"}}})",
       BulkEnd::Later, "cluster_block_exception: full"},
      {R"({"create":{"status":404,"error":{"type":"index_not_found_exception","reason":"x"}}})",
       BulkEnd::Later, "index_not_found_exception: x"},
      {R"({"create":{"status":413}})", BulkEnd::Refused, "no reason given"},
      {R"({"create":{"status":429,"error":{"type":"rejected","reason":"queue"}}})", BulkEnd::Later,
       "rejected: queue"},
      {R"({"create":{"status":503,"error":"gone"}})", BulkEnd::Later, "no reason given"},
      {R"({"index":{"status":200}})", BulkEnd::Created, ""},
  };
  for (const auto& one : cases) {
    const auto read = read_bulk_answer(std::string(R"({"items":[)") + one.item + "]}", 1);
    ASSERT_TRUE(read) << one.item;
    EXPECT_EQ(read->at(0).end, one.end) << one.item;
    EXPECT_EQ(read->at(0).reason, one.reason) << one.item;
  }
}

TEST(Bulk, WhatIsNoAnswerForTheseDocumentsIsUnavailable) {
  for (const char* text :
       {"", "no JSON", "[]", "{}", R"({"items":{}})", R"({"items":[]})",
        R"({"items":[{"create":{"status":201}},{"create":{"status":201}}]})",
        R"({"items":[{"create":{}}]})", R"({"items":[{"create":{"status":"201"}}]})",
        R"({"items":[{"create":1}]})", R"({"items":[7]})", R"({"items":[{}]})",
        R"({"items":[{"create":{"status":201},"index":{"status":201}}]})"}) {
    const auto read = read_bulk_answer(text, 1);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::Unavailable) << text;
  }
}

TEST(Bulk, LongReasonsAreCutBetweenCharacters) {
  std::string reason;
  for (int i = 0; i < 400; ++i) reason += "\u00e9";
  const auto read = read_bulk_answer(
      R"({"items":[{"create":{"status":400,"error":{"type":"t","reason":")" + reason + R"("}}}]})",
      1);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).reason, "t: " + reason.substr(0, 496));
}

}  // namespace
}  // namespace sextant::adapters
