// What holds for every kind of logs in the catalogue, whoever wrote its parser and its generator.
#include "intel/log_kinds.h"

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sextant::intel {

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
static void PrintTo(const LogKind& kind, std::ostream* out) { *out << kind.name(); }

namespace {

class LogKinds : public testing::TestWithParam<LogKind> {
 protected:
  static GeneratorOptions options(std::uint64_t lines) {
    return {
        .lines = lines, .odd_share = 0.3, .attacks = *parse_techniques("all", GetParam().attacks)};
  }
  static std::string text_of(const GeneratorOptions& options) {
    const auto generator = GetParam().make_generator(options);
    return object_text(*generator);
  }
  static std::map<std::string, std::int64_t> rows_of(std::string_view text) {
    std::map<std::string, std::int64_t> rows;
    const auto count = [&rows](const sdk::Rows& made) -> Result<> {
      rows[made.table] += made.batch->num_rows();
      return {};
    };
    const auto stage = (*parser_function(*GetParam().parser).prepare({}))->start({});
    EXPECT_TRUE(stage->text({.text = text, .offset = 0, .last = true}, count));
    EXPECT_TRUE(stage->finish(count));
    return rows;
  }
};

TEST_P(LogKinds, IsFoundByItsNameWhichItsParserHasToo) {
  const auto& kind = GetParam();
  EXPECT_EQ(find_log_kind(kind.name())->parser, kind.parser);
  EXPECT_EQ(kind.parser->id, "parsers." + std::string(kind.name()));
  EXPECT_FALSE(kind.parser->title.empty());
  EXPECT_TRUE(kind.parser->summary.ends_with('.'));
}

TEST_P(LogKinds, TheSameSeedGivesTheSameBytesAndAnotherOneOthers) {
  auto options = LogKinds::options(1'000);
  const auto text = text_of(options);
  EXPECT_EQ(text, text_of(options));
  options.seed = 2;
  EXPECT_NE(text, text_of(options));
}

TEST_P(LogKinds, EveryGeneratedEntryIsARowOfItsTable) {
  const auto rows = rows_of(text_of(options(5'000)));
  EXPECT_EQ(rows, (std::map<std::string, std::int64_t>{{std::string(GetParam().name()), 5'000}}));
}

TEST_P(LogKinds, MalformedLinesAreRowsToo) {
  auto options = LogKinds::options(5'000);
  options.malformed_share = 0.1;
  auto rows = rows_of(text_of(options));
  EXPECT_EQ(rows["malformed"] + rows[std::string(GetParam().name())], 5'000);
  EXPECT_NEAR(static_cast<double>(rows["malformed"]), 500, 150);
}

TEST_P(LogKinds, EveryAttackAskedForIsThereAndIsFew) {
  const auto generator = GetParam().make_generator(options(20'000));
  std::set<Technique> seen;
  std::uint64_t attacks = 0;
  std::string line;
  Truth truth;
  for (; generator->next(line, &truth); line.clear()) {
    if (truth.kind != LineKind::Attack) continue;
    ++attacks;
    seen.insert(truth.technique);
    ASSERT_TRUE(line.contains(truth.source_ip)) << line;
  }
  EXPECT_EQ(seen.size(), GetParam().attacks.size());
  EXPECT_GT(attacks, 50U);
  EXPECT_LT(attacks, 20'000U / 25);
}

TEST_P(LogKinds, ObjectsHaveNamesOfTheirOwn) {
  const auto generator = GetParam().make_generator(options(10));
  const auto end = options(10).start;
  EXPECT_NE(generator->object_key(end, 1), generator->object_key(end, 2));
}

INSTANTIATE_TEST_SUITE_P(Kinds, LogKinds, testing::ValuesIn(log_kinds()),
                         [](const auto& each) { return std::string(each.param.name()); });

TEST(LogKindsAll, NamesAreThereOnce) {
  std::set<std::string_view> names;
  for (const auto& kind : log_kinds()) EXPECT_TRUE(names.insert(kind.name()).second) << kind.name();
  EXPECT_EQ(find_log_kind("no such kind"), nullptr);
}

}  // namespace
}  // namespace sextant::intel
