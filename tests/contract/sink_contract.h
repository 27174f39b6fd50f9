#pragma once
// What every Sink does: ports/sink.h. tests/contract runs it against those in the box, tests/dist
// against a real search engine.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ports/sink.h"

namespace sextant::contract {

using ports::Document;

template <typename Traits>
class SinkContract : public testing::Test {
 protected:
  ports::Sink& sink() { return traits_.sink; }
  ports::SinkReport put(const std::vector<Document>& documents, std::string_view index = "logs") {
    auto report = sink().put(index, documents);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : ports::SinkReport{};
  }
  std::string json(std::string_view id, std::string_view index = "logs") {
    auto document = sink().get(index, id);
    EXPECT_TRUE(document) << document.error().message;
    return document && *document ? (*document)->json : "(absent)";
  }

 private:
  Traits traits_;
};

TYPED_TEST_SUITE_P(SinkContract);

TYPED_TEST_P(SinkContract, DocumentsAreFoundByTheirId) {
  const auto report = this->put({{"a", R"({"n":1})"}, {"b", R"({"n":2})"}});
  EXPECT_EQ(report.created, 2u);
  EXPECT_EQ(report.existing, 0u);
  EXPECT_TRUE(report.refused.empty());
  EXPECT_EQ(this->json("a"), R"({"n":1})");
  EXPECT_EQ(this->json("b"), R"({"n":2})");
  EXPECT_EQ(this->json("c"), "(absent)");
  EXPECT_EQ(this->sink().count("logs"), 2u);
}

TYPED_TEST_P(SinkContract, RepeatingChangesNothing) {
  this->put({{"a", R"({"n":1})"}});
  const auto again = this->put({{"a", R"({"n":9})"}, {"b", R"({"n":2})"}, {"b", R"({"n":3})"}});
  EXPECT_EQ(again.created, 1u);
  EXPECT_EQ(again.existing, 2u);
  EXPECT_EQ(this->json("a"), R"({"n":1})");
  EXPECT_EQ(this->json("b"), R"({"n":2})");  // the first of a call wins
  EXPECT_EQ(this->sink().count("logs"), 2u);
}

TYPED_TEST_P(SinkContract, OneRefusedDocumentDoesNotStopTheOthers) {
  const auto report = this->put({{"a", "{}"}, {"b", "no JSON"}, {"c", "[1]"}, {"d", "{}"}});
  EXPECT_EQ(report.created, 2u);
  ASSERT_EQ(report.refused.size(), 2u);
  EXPECT_EQ(report.refused[0].position, 1u);
  EXPECT_EQ(report.refused[1].position, 2u);
  for (const auto& refused : report.refused) EXPECT_EQ(refused.error.code, Code::Invalid);
  EXPECT_EQ(this->json("d"), "{}");
  EXPECT_EQ(this->json("b"), "(absent)");
  if constexpr (TypeParam::kChecksFieldTypes) {
    this->put({{"typed", R"({"when":"2026-07-02T00:00:00Z"})"}});
    EXPECT_EQ(this->put({{"other", R"({"when":{"is":"an object"}})"}}).refused.size(), 1u);
  }
}

TYPED_TEST_P(SinkContract, IndexesDoNotMix) {
  this->put({{"a", R"({"n":1})"}}, "one");
  this->put({{"a", R"({"n":2})"}}, "two");
  EXPECT_EQ(this->json("a", "one"), R"({"n":1})");
  EXPECT_EQ(this->json("a", "two"), R"({"n":2})");
  EXPECT_EQ(this->sink().count("three"), 0u);
  EXPECT_EQ(this->put({}).created, 0u);
}

TYPED_TEST_P(SinkContract, LimitsAndNamesAreInvalid) {
  for (const char* name : {"", "Upper", "-x", "_x", ".x", "a/b", "a b", "a*"}) {
    EXPECT_EQ(this->sink().put(name, {}).error().code, Code::Invalid) << name;
    EXPECT_EQ(this->sink().get(name, "a").error().code, Code::Invalid) << name;
    EXPECT_EQ(this->sink().count(name).error().code, Code::Invalid) << name;
  }
  const std::string id_max(ports::kDocumentIdBytesMax, 'i');
  EXPECT_EQ(this->put({{id_max, "{}"}}).created, 1u);
  const std::vector<Document> too_many(ports::kSinkDocumentsMax + 1, Document{"a", "{}"});
  for (const auto& documents : std::vector<std::vector<Document>>{
           {{"", "{}"}},
           {{id_max + "i", "{}"}},
           {{"a", std::string(ports::kDocumentBytesMax + 1, ' ')}},
           std::vector<Document>(9, {"a", std::string(ports::kDocumentBytesMax, ' ')}),
           too_many}) {
    EXPECT_EQ(this->sink().put("logs", documents).error().code, Code::Invalid);
  }
  EXPECT_EQ(this->sink().count("logs"), 1u);
}

REGISTER_TYPED_TEST_SUITE_P(SinkContract, DocumentsAreFoundByTheirId, RepeatingChangesNothing,
                            OneRefusedDocumentDoesNotStopTheOthers, IndexesDoNotMix,
                            LimitsAndNamesAreInvalid);

}  // namespace sextant::contract
