#include "runtime/native/pipeline.h"

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "runtime/native/land.h"
#include "sdk/batch_text.h"
#include "tests/support/gzip.h"
#include "tests/support/native_functions.h"

namespace sextant::runtime::native {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

class PipelineTest : public testing::Test {
 protected:
  std::expected<std::shared_ptr<const Pipeline>, Failure> prepare(const std::string& handler) {
    model::Function function;
    function.handler = handler;
    function.environment = environment;
    return Pipeline::prepare(catalogue, function, "");
  }
  std::string why_not(const std::string& handler) {
    const auto prepared = prepare(handler);
    const auto checked = check_handler(catalogue, handler);
    EXPECT_EQ(prepared.has_value(), checked.has_value()) << handler;
    return prepared ? "" : prepared.error().error.message;
  }
  std::expected<Report, Failure> run(const std::string& handler, std::string_view bytes,
                                     std::size_t piece = 1 << 20) {
    const auto pipeline = prepare(handler);
    EXPECT_TRUE(pipeline) << pipeline.error().error.message;
    const auto read = [&](std::span<char> into) -> Result<std::size_t> {
      const auto count = bytes.copy(into.data(), std::min(into.size(), piece));
      bytes.remove_prefix(count);
      return count;
    };
    const auto take = [&](const sdk::Rows& rows) -> Result<> {
      for (std::int64_t row = 0; row < rows.batch->num_rows(); ++row)
        landed[rows.table].push_back(*sdk::cell_text(rows.batch, "message", row));
      return {};
    };
    sdk::Source source;
    source.path = "s3://logs/k";
    return (*pipeline)->run(source, read, take,
                            {.clock = clock, .deadline = clock.now() + std::chrono::seconds(3)});
  }

  test::Script script;
  std::map<std::string, std::string> environment;
  sdk::Function lines = test::lines_function(script);
  sdk::Function geoip = test::pass_function("enrichers.geoip");
  sdk::Function broken = test::pass_function("enrichers.broken", true);
  sdk::Function stores = [] {
    auto made = test::pass_function("test.stores");
    made.ends_chain = true;
    return made;
  }();
  sdk::Catalogue catalogue{{&lines, &geoip, &broken, &stores, &kLakeLand}};
  ManualClock clock{kNow};
  std::map<std::string, std::vector<std::string>> landed;
};

TEST_F(PipelineTest, AChainThatCannotRunSaysWhy) {
  EXPECT_EQ(why_not("test.lines|enrichers.geoip|lake.land"), "");
  EXPECT_EQ(why_not(" test.lines | lake.land "), "");
  EXPECT_EQ(why_not("test.lines|enrichers.geoip|test.stores"), "");
  EXPECT_EQ(why_not("test.lines|test.stores|lake.land"), "");
  struct {
    const char* handler;
    const char* says;
  } const table[] = {
      {"test.line|lake.land", "there is no function 'test.line'; did you mean 'test.lines'?"},
      {"test.lines|enricher.geoip|lake.land", "did you mean 'enrichers.geoip'?"},
      {"test.lines|lake.lnd", "did you mean 'lake.land'?"},
      {"nothing.near|lake.land", "there is no function 'nothing.near'"},
      {"", "there is no function ''"},
      {"test.lines||lake.land", "there is no function ''"},
      {"test.lines", "end it with '|lake.land'"},
      {"test.lines|enrichers.geoip", "end it with '|lake.land'"},
      {"enrichers.geoip|lake.land", "a chain begins with a parser"},
      {"lake.land", "a chain begins with a parser"},
      {"test.lines|test.lines|lake.land", "can only be the first"},
      {"test.lines|lake.land|enrichers.geoip", "must be the last"},
      {"test.lines|lake.land|lake.land", "must be the last"},
      {"test.lines|lake.land|test.stores", "must be the last"},
      {"test.lines|test.stores|enrichers.geoip|lake.land", "only a stage can stand that stores"},
  };
  for (const auto& row : table)
    EXPECT_TRUE(why_not(row.handler).contains(row.says))
        << row.handler << ": " << why_not(row.handler);
}

TEST_F(PipelineTest, EveryStageCountsItsRows) {
  const auto report = run("test.lines|enrichers.geoip|lake.land", "a\nbad x\nb\nc");
  ASSERT_TRUE(report) << report.error().error.message;
  EXPECT_EQ(landed["alb"], (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(landed["malformed"], (std::vector<std::string>{"bad x"}));
  EXPECT_EQ(report->rows, 4u);
  EXPECT_EQ(report->rows_malformed, 1u);
  ASSERT_EQ(report->stages.size(), 3u);
  EXPECT_EQ(report->stages[0].stage, "test.lines");
  EXPECT_EQ(report->stages[0].rows_in, 0u);
  EXPECT_EQ(report->stages[0].rows_out, 4u);
  EXPECT_EQ(report->stages[1].stage, "enrichers.geoip");
  EXPECT_EQ(report->stages[1].rows_in, 4u);
  EXPECT_EQ(report->stages[1].rows_out, 4u);
  EXPECT_EQ(report->stages[2].rows_in, 4u);
}

TEST_F(PipelineTest, ObjectsAreReadAsTheyComePlainOrCompressed) {
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 20'000; ++i) {
    expected.push_back("line " + std::to_string(i));
    text += expected.back() + "\n";
  }
  const auto two_members = test::gzip(text.substr(0, 1'000)) + test::gzip(text.substr(1'000));
  for (const auto& bytes : {text, test::gzip(text), two_members}) {
    for (const std::size_t piece : {61u, 4'096u, 1u << 20}) {
      landed.clear();
      const auto report = run("test.lines|lake.land", bytes, piece);
      ASSERT_TRUE(report) << report.error().error.message;
      EXPECT_EQ(landed["alb"], expected);
    }
  }
}

TEST_F(PipelineTest, AnEmptyObjectIsNoFailure) {
  for (const std::string& bytes : {std::string(), test::gzip("")}) {
    const auto report = run("test.lines|lake.land", bytes);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->rows, 0u);
  }
}

TEST_F(PipelineTest, OfADamagedObjectWhatCameBeforeLandsAndTheDamageIsOnRecord) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  const auto whole = test::gzip(text);
  auto flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 0x55);
  auto wrong_crc = whole;
  wrong_crc[whole.size() - 6] = static_cast<char>(~wrong_crc[whole.size() - 6]);
  for (const auto& bytes :
       {whole.substr(0, whole.size() / 2), flipped, wrong_crc, whole + "and then something else"}) {
    landed.clear();
    const auto report = run("test.lines|lake.land", bytes);
    ASSERT_TRUE(report) << report.error().error.message;
    EXPECT_GT(landed["alb"].size(), 1'000u);
    EXPECT_EQ(landed["alb"].front(), "line 0");
    ASSERT_EQ(landed["malformed"].size(), 1u);
    EXPECT_TRUE(landed["malformed"][0].contains("gzip data")) << landed["malformed"][0];
    EXPECT_EQ(report->rows_malformed, 1u);
  }
}

TEST_F(PipelineTest, TheFirstStageThatFailsOwnsTheFailure) {
  const auto broken_run = run("test.lines|enrichers.broken|lake.land", "a\n");
  ASSERT_FALSE(broken_run);
  EXPECT_EQ(broken_run.error().stage, "enrichers.broken");
  EXPECT_EQ(broken_run.error().error.name, "Enricher.Down");
  script.on_run = [](const auto&) { return fail(Code::Invalid, "no log", "Malformed"); };
  const auto refused = run("test.lines|enrichers.broken|lake.land", "a\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().stage, "test.lines");
}

TEST_F(PipelineTest, AnErrorWhileReadingIsNoStages) {
  const auto pipeline = *prepare("test.lines|lake.land");
  const auto report = pipeline->run(
      {}, [](std::span<char>) { return fail(Code::Corrupt, "blob b: block 7"); },
      [](const sdk::Rows&) { return Result<>(); },
      {.clock = clock, .deadline = clock.now() + std::chrono::seconds(3)});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().stage, "");
  EXPECT_EQ(report.error().error.code, Code::Corrupt);
}

TEST_F(PipelineTest, AfterItsDeadlineARunEnds) {
  script.on_run = [&](const auto&) {
    clock.advance(std::chrono::seconds(4));
    return Result<>();
  };
  const auto report = run("test.lines|lake.land", std::string(600'000, '\n'));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().error.name, "Sandbox.Timedout");
  EXPECT_TRUE(report.error().error.message.contains("after 3")) << report.error().error.message;
}

TEST_F(PipelineTest, ARevisionIsHandlerConfigurationAndData) {
  const auto revision = [&](const std::string& handler) { return (*prepare(handler))->revision(); };
  const auto first = revision("test.lines|lake.land");
  EXPECT_EQ(first.size(), 16u);
  EXPECT_EQ(revision("test.lines|lake.land"), first);
  EXPECT_NE(revision("test.lines|enrichers.geoip|lake.land"), first);
  environment["A"] = "1";
  const auto configured = revision("test.lines|lake.land");
  EXPECT_NE(configured, first);
  environment.clear();
  const auto pipeline = *prepare("test.lines|lake.land");
  EXPECT_FALSE(pipeline->stale());
  script.data.with([](auto& data) { data = "another file"; });
  EXPECT_TRUE(pipeline->stale());
  EXPECT_NE(revision("test.lines|lake.land"), first);
}

TEST_F(PipelineTest, AMissingDataFileNamesTheStage) {
  script.data.with([](auto& data) { data = std::nullopt; });
  const auto prepared = prepare("test.lines|lake.land");
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().error.code, Code::NotFound);
  EXPECT_EQ(prepared.error().stage, "test.lines");
  EXPECT_TRUE(prepared.error().error.message.starts_with("test.lines: there is no file"));
}

}  // namespace
}  // namespace sextant::runtime::native
