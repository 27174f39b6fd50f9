#include "guard/iam/statement_places.h"

#include <gtest/gtest.h>

namespace sextant::guard::iam {
namespace {

struct Case {
  const char* what;
  const char* document;
  std::vector<StatementPlace> places;
};

TEST(StatementPlaces, AreThoseOfAwssAnswers) {
  const Case cases[] = {
      {"the example of aws iam simulate-custom-policy",
       R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}})",
       {{{1, 38}, {1, 167}}}},
      {"in a list, over lines",
       "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            "
       "\"Effect\": "
       "\"Allow\"\n        },\n        {\"Sid\": \"B\"}\n    ]\n}",
       {{{3, 19}, {6, 10}}, {{6, 10}, {7, 21}}}},
      {"the word as a value, and braces in texts",
       R"({"Id":"Statement","Statement":[{"Sid":"}\"]","A":[{}]}]})",
       {{{1, 32}, {1, 55}}}},
      {"a member of that name further in", R"({"x":{"Statement":{}},"y":[{"Statement":1}]})", {}},
      {"nothing there", "{}", {}},
      {"cut short", R"({"Statement":[{"Sid":"a\)", {{{1, 15}, {1, 25}}}},
  };
  for (const auto& [what, document, places] : cases) {
    const auto found = statement_places(document);
    ASSERT_EQ(found.size(), places.size()) << what;
    for (std::size_t i = 0; i < places.size(); ++i) {
      EXPECT_EQ(found[i].begin, places[i].begin) << what << " " << found[i].begin.column;
      EXPECT_EQ(found[i].end, places[i].end) << what << " " << found[i].end.column;
    }
  }
}

}  // namespace
}  // namespace sextant::guard::iam
