#include "core/yaml.h"

#include <gtest/gtest.h>

#include <vector>

namespace sextant::yaml {
namespace {

constexpr std::string_view kForms[] = {"!Sub"};
constexpr Dialect kRecipe{.noun = "recipe",
                          .when_too_large = "cook less",
                          .when_empty = "it needs steps",
                          .instead_of_alias = "write it again",
                          .short_forms = kForms};

struct Findings {
  std::vector<std::string> texts;  // "line:column message; hint"
  Report report() {
    return [this](Where at, const std::string& message, const std::string& hint) {
      texts.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + " " + message +
                      "; " + hint);
    };
  }
};

TEST(Yaml, EverythingHasItsPlaceAndItsQuotes) {
  Findings found;
  const auto tree = read("steps:\n  - mix: \"10\"\n  - !Sub bake\n", kRecipe, found.report());
  ASSERT_TRUE(tree);
  EXPECT_TRUE(found.texts.empty());
  const auto* steps = tree->find("steps");
  ASSERT_NE(steps, nullptr);
  ASSERT_EQ(steps->items.size(), 2U);
  const auto* mix = steps->items[0].find("mix");
  ASSERT_NE(mix, nullptr);
  EXPECT_EQ(mix->text, "10");
  EXPECT_TRUE(mix->quoted);
  EXPECT_EQ(mix->at, (Where{2, 10}));
  ASSERT_NE(steps->items[1].find("Fn::Sub"), nullptr);
  EXPECT_EQ(steps->items[1].find("Fn::Sub")->text, "bake");
}

TEST(Yaml, FindingsSpeakOfTheTextByItsName) {
  struct Case {
    std::string text;
    std::string expected;
  };
  const Case cases[] = {
      {"", "1:1 the recipe is empty; it needs steps"},
      {"a: &x 1\nb: *x\n", "2:4 aliases (*name) have no place in a recipe; write it again"},
      {"a: 1\na: 2\n", "2:1 'a' stands here a second time; remove or rename one of them"},
      {"a: !Sup 1\n", "1:4 unknown tag '!Sup'; did you mean '!Sub'?"},
      {"a: [", "not valid YAML"},
      {std::string("a: \0", 4), "0:0 the recipe is not UTF-8 text; save it as UTF-8"},
      {std::string(kDepthMax + 1, '['), "the recipe has more than 64 levels; cook less"},
      {std::string(kTextBytesMax + 1, ' '), "1 MiB is the most; cook less"},
  };
  for (const auto& [text, expected] : cases) {
    Findings found;
    read(text, kRecipe, found.report());
    ASSERT_FALSE(found.texts.empty()) << expected;
    EXPECT_TRUE(found.texts.front().contains(expected)) << found.texts.front();
  }
}

}  // namespace
}  // namespace sextant::yaml
