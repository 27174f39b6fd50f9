#include "intel/parsers/line_stage.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "core/time_text.h"
#include "intel/parsers/alb.h"
#include "sdk/batch_text.h"

namespace sextant::intel {
namespace {

using sdk::cell_text;
using sdk::has_column;

constexpr std::string_view kEntry =
    "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 "
    "10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" "
    "\"curl/7.46.0\" - - - \"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 "
    "2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\"";

struct Parsed {
  std::vector<sdk::Rows> rows;
  std::int64_t count(std::string_view table) const {
    std::int64_t sum = 0;
    for (const auto& each : rows) sum += each.table == table ? each.batch->num_rows() : 0;
    return sum;
  }
  BatchPtr first(std::string_view table) const {
    for (const auto& each : rows) {
      if (each.table == table) return each.batch;
    }
    return nullptr;
  }
};

class LineStages : public testing::Test {
 protected:
  LineStages() {
    source_.path = "s3://logs/key";
    source_.received = *parse_iso8601("2026-01-02T03:04:05Z");
  }
  sdk::Emit collect() {
    return [this](sdk::Rows rows) -> Result<> {
      parsed_.rows.push_back(std::move(rows));
      return {};
    };
  }
  const Parsed& parse(const std::vector<sdk::TextBlock>& blocks, ReaderOptions options = {}) {
    LineStage stage(kAlb, source_, options);
    for (const auto& block : blocks) EXPECT_TRUE(stage.text(block, collect()));
    EXPECT_TRUE(stage.finish(collect()));
    return parsed_;
  }
  sdk::Source source_;
  Parsed parsed_;
};

TEST_F(LineStages, EveryLineThatIsNotEmptyBecomesOneRowWithItsOffset) {
  const auto text = std::string(kEntry) + "\n\nnonsense\r\n" + std::string(kEntry) + "\r\n";
  parse({{.text = text, .offset = 1000}});
  EXPECT_EQ(parsed_.count("alb"), 2);
  EXPECT_EQ(parsed_.count("malformed"), 1);
  const auto begin = 1000 + kEntry.size() + 2;
  EXPECT_EQ(cell_text(parsed_.first("alb"), "log.offset", 0), "1000");
  EXPECT_EQ(cell_text(parsed_.first("malformed"), "log.offset", 0), std::to_string(begin));
  EXPECT_EQ(cell_text(parsed_.first("alb"), "log.offset", 1), std::to_string(begin + 10));
  EXPECT_EQ(cell_text(parsed_.first("malformed"), "log.length", 0), "8");
  EXPECT_EQ(cell_text(parsed_.first("malformed"), "log.file.path", 0), "s3://logs/key");
}

TEST_F(LineStages, AMalformedLineHasItsOwnTimeOrThatOfTheObject) {
  parse({{.text = "http 2020-02-03T04:05:06.5Z cut\n2021-01-01T00:00:00Z x\nno time\n"}});
  const auto batch = parsed_.first("malformed");
  EXPECT_EQ(cell_text(batch, "ts", 0), "2020-02-03T04:05:06.500000Z");
  EXPECT_EQ(cell_text(batch, "ts", 1), "2021-01-01T00:00:00Z");
  EXPECT_EQ(cell_text(batch, "ts", 2), "2026-01-02T03:04:05Z");
}

TEST_F(LineStages, AnOverlongLineIsMalformedWithItsTrueLengthAndItsBeginning) {
  const std::string text(sdk::kLineBytesMax, 'x');
  parse({{.text = text, .offset = 5, .last = false, .cut_bytes = 99 << 20}});
  const auto batch = parsed_.first("malformed");
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(cell_text(batch, "log.length", 0), std::to_string(100 << 20));
  EXPECT_EQ(cell_text(batch, "raw", 0)->size(), kRawBytesMax);
}

TEST_F(LineStages, ADamagedObjectIsOnRecord) {
  LineStage stage(kAlb, source_, {});
  EXPECT_TRUE(stage.damaged(77, "the stream was cut short", collect()));
  EXPECT_TRUE(stage.finish(collect()));
  const auto batch = parsed_.first("malformed");
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(cell_text(batch, "log.offset", 0), "77");
  EXPECT_TRUE(cell_text(batch, "reason", 0)->contains("cut short"));
}

TEST_F(LineStages, TheLineInWhichTheDamageBeginsIsNoEntry) {
  const auto text = std::string(kEntry) + "\n" + std::string(kEntry);
  LineStage stage(kAlb, source_, {});
  EXPECT_TRUE(stage.text({.text = text, .offset = 0, .last = true}, collect()));
  EXPECT_TRUE(stage.damaged(text.size(), "the stream was cut short", collect()));
  EXPECT_TRUE(stage.finish(collect()));
  EXPECT_EQ(parsed_.count("alb"), 1);
  ASSERT_EQ(parsed_.count("malformed"), 1);
  const auto batch = parsed_.first("malformed");
  EXPECT_EQ(cell_text(batch, "log.offset", 0), std::to_string(kEntry.size() + 1));
  EXPECT_EQ(cell_text(batch, "raw", 0), kEntry);
}

TEST_F(LineStages, RowsAreHeldBackUntilABatchIsFull) {
  std::string text;
  for (std::size_t i = 0; i < kBatchRows + 10; ++i) text.append(kEntry).push_back('\n');
  parse({{.text = text}});
  ASSERT_EQ(parsed_.rows.size(), 2U);
  EXPECT_EQ(parsed_.rows[0].batch->num_rows(), static_cast<std::int64_t>(kBatchRows));
  EXPECT_EQ(parsed_.rows[1].batch->num_rows(), 10);
  EXPECT_TRUE(parsed_.rows[0].batch->ValidateFull().ok());
  EXPECT_TRUE(parsed_.rows[1].batch->ValidateFull().ok());
  EXPECT_EQ(cell_text(parsed_.rows[1].batch, "user_agent.original", 9), "curl/7.46.0");
  EXPECT_TRUE(parsed_.rows[0].batch->schema()->Equals(*parsed_.rows[1].batch->schema()));
}

TEST_F(LineStages, TheOriginalLineIsKeptOnRequest) {
  EXPECT_FALSE(has_column(parse({{.text = kEntry}}).first("alb"), "event.original"));
  parsed_ = {};
  EXPECT_EQ(cell_text(parse({{.text = kEntry}}, {.keep_original = true}).first("alb"),
                      "event.original", 0),
            kEntry);
}

TEST_F(LineStages, TheConfigurationIsChecked) {
  EXPECT_TRUE(
      parser_function(kAlb).prepare({.variables = {{"KEEP_ORIGINAL", "true"}}, .data_folder = {}}));
  const auto wrong =
      parser_function(kAlb).prepare({.variables = {{"KEEP_ORIGINAL", "yes"}}, .data_folder = {}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::Invalid);
  EXPECT_TRUE(wrong.error().message.contains("KEEP_ORIGINAL"));
}

TEST_F(LineStages, AnErrorOfTheNextStageEndsTheDelivery) {
  LineStage stage(kAlb, source_, {});
  const auto refuse = [](const sdk::Rows&) -> Result<> { return fail(Code::Exhausted, "full"); };
  EXPECT_TRUE(stage.text({.text = kEntry}, refuse));
  EXPECT_EQ(stage.finish(refuse).error().code, Code::Exhausted);
}

}  // namespace
}  // namespace sextant::intel
