// Whatever a kind's parser reads is recognised, by its beginning or by its object's name; what no
// kind reads is kept.
#include "intel/auto_parser.h"

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include <map>

#include "intel/kind_guess.h"

#include "sdk/batch_text.h"
#include "sdk/text_blocks.h"
#include "tests/support/log_cases.h"

namespace sextant::intel {

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
static void PrintTo(const LogKind& kind, std::ostream* out) { *out << kind.name(); }

namespace {

using Counts = std::map<std::string, std::int64_t>;

struct Read {
  Counts rows;
  std::vector<sdk::Rows> all;
  std::string first_reason() const {
    for (const auto& each : all) {
      if (each.table == "malformed") return sdk::cell_text(each.batch, "reason", 0).value_or("");
    }
    return {};
  }
};

struct Object {
  std::string path = "s3://logs/key";
  std::string text;
  std::size_t piece_bytes = 100'000;
  std::string damage = {};  // reason
};

Read read_as(const sdk::Function& function, const Object& object,
             const sdk::Configuration& configuration = {}) {
  Read read;
  const auto emit = [&read](sdk::Rows rows) -> Result<> {
    read.rows[rows.table] += rows.batch->num_rows();
    read.all.push_back(std::move(rows));
    return {};
  };
  const auto prepared = function.prepare(configuration);
  EXPECT_TRUE(prepared);
  sdk::Source source;
  source.path = object.path;
  const auto stage = (*prepared)->start(source);
  sdk::TextBlocks blocks(function.takes);
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, emit); };
  const std::string_view text = object.text;
  for (std::size_t at = 0; at < text.size(); at += object.piece_bytes) {
    EXPECT_TRUE(blocks.add(text.substr(at, object.piece_bytes), take));
  }
  EXPECT_TRUE(blocks.finish(take));
  if (!object.damage.empty()) {
    EXPECT_TRUE(stage->damaged(text.size(), object.damage, emit));
  }
  EXPECT_TRUE(stage->finish(emit));
  return read;
}

Read read_auto(const Object& object, const sdk::Configuration& configuration = {}) {
  return read_as(auto_parser_function(), object, configuration);
}

// One row a text, whatever batches they came in.
std::string rows_text(const Read& read) {
  std::map<std::string, std::string> texts;
  for (const auto& each : read.all) {
    for (std::int64_t row = 0; row < each.batch->num_rows(); ++row) {
      texts[each.table] += sdk::row_json(each.batch, row) + '\n';
    }
  }
  std::string text;
  for (const auto& [table, rows] : texts) text.append(table).append("\n").append(rows);
  return text;
}

std::string generated(const LogKind& kind, std::uint64_t entries, double odd = 0.3,
                      double malformed = 0) {
  const auto generator = kind.make_generator({.lines = entries,
                                              .odd_share = odd,
                                              .malformed_share = malformed,
                                              .attacks = *parse_techniques("all", kind.attacks)});
  return object_text(*generator);
}

Kinds all_kinds() {
  Kinds kinds;
  for (const auto& kind : log_kinds()) kinds.push_back(&kind);
  return kinds;
}

class AutoParser : public testing::TestWithParam<LogKind> {
 protected:
  static std::string name() { return std::string(GetParam().name()); }
  // Of objects that the sample is not all of.
  static std::uint64_t many() {
    constexpr std::uint64_t kFew = 50;
    return kFew * (2 * kSampleBytes) / generated(GetParam(), kFew).size();
  }
};

TEST_P(AutoParser, EachCaseIsRecognisedAlone) {
  for (const auto& test : load_cases(name())) {
    if (!test.malformed.empty()) continue;
    const auto read = read_auto({.text = test.heading + test.line});
    EXPECT_EQ(read.rows, (Counts{{name(), 1}})) << "line " << test.number << ": " << test.line;
  }
}

TEST_P(AutoParser, GeneratedObjectsAreRecognisedByTheirBeginning) {
  for (const std::uint64_t entries : {std::uint64_t{1}, std::uint64_t{10}, many()}) {
    for (const double odd : {0.0, 0.3}) {
      const auto text = generated(GetParam(), entries, odd);
      EXPECT_EQ(read_auto({.text = text}).rows,
                (Counts{{name(), static_cast<std::int64_t>(entries)}}));
    }
  }
}

TEST_P(AutoParser, RowsAreThoseOfTheKindsOwnParser) {
  const auto own = parser_function(*GetParam().parser);
  for (const std::uint64_t entries : {std::uint64_t{40}, many()}) {
    for (const std::size_t piece : {977, 1 << 20}) {
      const Object object{.text = generated(GetParam(), entries, 0.3, 0.1), .piece_bytes = piece};
      EXPECT_EQ(rows_text(read_auto(object)), rows_text(read_as(own, object)));
    }
  }
}

TEST_P(AutoParser, DamageIsOnRecordAsWithTheKindsOwnParser) {
  const auto own = parser_function(*GetParam().parser);
  for (const std::uint64_t entries : {std::uint64_t{40}, many()}) {
    auto text = generated(GetParam(), entries);
    text.resize(text.size() - 20);
    const Object object{.text = text, .damage = "cut short"};
    EXPECT_EQ(rows_text(read_auto(object)), rows_text(read_as(own, object)));
  }
}

TEST_P(AutoParser, TheNamesThatTheServiceGivesAreKnown) {
  const auto generator = GetParam().make_generator({.lines = 1});
  const auto key = generator->object_key(Time(std::chrono::hours(24 * 365 * 56)), 3);
  const auto* kind = kind_of_name("s3://some-bucket/some/prefix/" + key, all_kinds());
  ASSERT_NE(kind, nullptr) << key;
  EXPECT_EQ(kind->name(), name());
}

INSTANTIATE_TEST_SUITE_P(Kinds, AutoParser, testing::ValuesIn(log_kinds()),
                         [](const auto& each) { return std::string(each.param.name()); });

struct NamedObject {
  std::string_view path;
  std::string_view kind;  // "": the name tells nothing
};

TEST(KindOfName, AwsNames) {
  constexpr NamedObject kObjects[] = {
      {"s3://b/AWSLogs/123456789012/elasticloadbalancing/us-east-2/2022/05/01/"
       "123456789012_elasticloadbalancing_us-east-2_app.my-lb.1234567890abcdef_20220215T2340Z_"
       "172.160.001.192_20sg8hgm.log.gz",
       "alb"},
      {"s3://b/AWSLogs/123456789012/elasticloadbalancing/us-east-2/2022/05/01/"
       "conn_log.123456789012_elasticloadbalancing_us-east-2_app.my-lb.1234567890abcdef_"
       "20220215T2340Z_172.160.001.192_20sg8hgm.log.gz",
       "alb_connection"},
      {"s3://b/AWSLogs/123456789012/elasticloadbalancing/us-east-2/2016/05/01/"
       "123456789012_elasticloadbalancing_us-east-2_net.my-lb.1234567890abcdef_20160501T0000Z_"
       "20sg8hgm.log.gz",
       "nlb"},
      {"s3://b/AWSLogs/123456789012/elasticloadbalancing/us-west-2/2014/02/15/"
       "123456789012_elasticloadbalancing_us-west-2_my-loadbalancer_20140215T2340Z_"
       "172.160.001.192_20sg8hgm.log",
       "elb"},
      {"s3://b/team/2023-11-08-18-50-18-0123456789ABCDEF", "s3_access"},
      {"s3://b/123456789012/us-west-2/src/2023/03/01/2023-03-01-21-32-16-E568B2907131C0C0",
       "s3_access"},
      {"s3://b/AWSLogs/o-exampleorgid/123456789012/CloudTrail/us-east-1/2022/01/01/x.json.gz",
       "cloudtrail"},
      {"s3://b/AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2022/01/01/x.json.gz",
       "cloudtrail"},
      {"s3://b/AWSLogs/123456789012/CloudTrail-Insight/us-east-1/2022/01/01/x.json.gz",
       "cloudtrail"},
      {"s3://b/AWSLogs/123456789012/WAFLogs/cloudfront/acl/2021/10/28/19/05/x.log.gz", "waf"},
      {"s3://aws-waf-logs-shop/2021/10/28/19/delivery-1-2021-10-28-19-05-00-uuid", "waf"},
      {"s3://b/AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/2021/10/28/x.log.gz", "route53_resolver"},
      {"s3://b/AWSLogs/123456789012/vpcflowlogs/us-east-1/2021/10/28/x.log.gz", "vpc_flow"},
      {"s3://b/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/x.log.gz", ""},
      {"s3://b/key", ""},
      {"-", ""},
      {"", ""},
  };
  for (const auto& each : kObjects) {
    const auto* kind = kind_of_name(each.path, all_kinds());
    EXPECT_EQ(kind != nullptr ? kind->name() : "", each.kind) << each.path;
  }
}

constexpr std::string_view kFlowLogName = "s3://b/AWSLogs/1/vpcflowlogs/us-east-1/a.log";

TEST(AutoParserAll, ANameThatIsWrongIsNotBelieved) {
  const auto text = generated(*find_log_kind("waf"), 200);
  EXPECT_EQ(read_auto({.path = std::string(kFlowLogName), .text = text}).rows,
            (Counts{{"waf", 200}}));
}

TEST(AutoParserAll, AGuessWithFewRejectsIsKept) {
  std::string text = generated(*find_log_kind("vpc_flow"), 60, 0);
  for (int i = 0; i < 40; ++i) text += "{}\n";
  const auto read = read_auto({.path = std::string(kFlowLogName), .text = text});
  EXPECT_EQ(read.rows, (Counts{{"vpc_flow", 60}, {"malformed", 40}}));
}

TEST(AutoParserAll, OfTwoKindsInOneObjectTheOneThatReadsMoreIsTaken) {
  const auto text = generated(*find_log_kind("alb"), 30, 0) +
                    generated(*find_log_kind("route53_resolver"), 70, 0);
  const auto read = read_auto({.text = text});
  EXPECT_EQ(read.rows, (Counts{{"route53_resolver", 70}, {"malformed", 30}}));
}

TEST(AutoParserAll, WhatNoKindReadsIsKeptLineByLineAndSaysSo) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "Jan  1 00:00:00 host program[1]: message\n";
  const auto read = read_auto({.text = text});
  EXPECT_EQ(read.rows, (Counts{{"malformed", 100}}));
  EXPECT_TRUE(read.first_reason().contains("no log of a known kind")) << read.first_reason();
  EXPECT_TRUE(read.first_reason().contains("cloudtrail")) << read.first_reason();
  const auto& batch = read.all.front().batch;
  EXPECT_EQ(sdk::cell_text(batch, "kind", 0), "unknown");
  EXPECT_EQ(sdk::cell_text(batch, "raw", 1), "Jan  1 00:00:00 host program[1]: message");
  EXPECT_EQ(sdk::cell_text(batch, "log.offset", 1), "41");
}

TEST(AutoParserAll, WhatNoKindReadsIsKeptHoweverLargeAndDamaged) {
  std::string text;
  const auto line = std::string(2'000, 'x') + " is no log that anybody knows of\r\n";
  while (text.size() < kSampleBytesMax + kSampleBytes) text += line;
  const auto lines = static_cast<std::int64_t>(text.size() / line.size());
  EXPECT_EQ(read_auto({.text = text, .damage = "cut"}).rows, (Counts{{"malformed", lines + 1}}));
  EXPECT_EQ(read_auto({.text = "no end", .damage = "cut"}).rows, (Counts{{"malformed", 1}}));
  EXPECT_EQ(read_auto({.text = "", .damage = "cut"}).rows, (Counts{{"malformed", 1}}));
}

TEST(AutoParserAll, WhatNoKindReadsOfANamedObjectHasTheReasonsOfThatKind) {
  const auto read = read_auto({.path = std::string(kFlowLogName), .text = "1 2 3\n"});
  EXPECT_EQ(read.rows, (Counts{{"malformed", 1}}));
  EXPECT_EQ(sdk::cell_text(read.all.front().batch, "kind", 0), "vpc_flow");
}

TEST(AutoParserAll, AnEmptyObjectHasNoRows) {
  EXPECT_EQ(read_auto({.text = ""}).rows, Counts());
  EXPECT_EQ(read_auto({.text = "\n\r\n\n"}).rows, Counts());
}

TEST(AutoParserAll, EntriesBehindALongBeginningThatNobodyReadsAreFound) {
  std::string text;
  const auto line = std::string(2'000, '#') + " a banner of the program that copied the log\n";
  while (text.size() < 2 * kSampleBytes) text += line;
  const auto banner = static_cast<std::int64_t>(text.size() / line.size());
  text += generated(*find_log_kind("alb"), 2'000);
  EXPECT_EQ(read_auto({.text = text}).rows, (Counts{{"alb", 2'000}, {"malformed", banner}}));
}

TEST(AutoParserAll, ARecordLargerThanTheSampleIsFound) {
  const std::string text =
      R"({"Records":[{"eventVersion":"1.08","eventTime":"2023-07-19T21:35:03Z",)"
      R"("eventSource":"s3.amazonaws.com","eventName":"PutObject","x":")" +
      std::string(3 * kSampleBytes, 'x') + "\"}]}";
  EXPECT_EQ(read_auto({.text = text}).rows, (Counts{{"cloudtrail", 1}}));
}

TEST(AutoParserAll, OnlyTheKindsAskedForAreTried) {
  const auto text = generated(*find_log_kind("waf"), 20);
  const sdk::Configuration only{.variables = {{"KINDS", "alb, cloudtrail"}}, .data_folder = {}};
  EXPECT_EQ(read_auto({.text = text}, only).rows, (Counts{{"malformed", 20}}));
  const sdk::Configuration both{.variables = {{"KINDS", "waf,alb"}}, .data_folder = {}};
  EXPECT_EQ(read_auto({.text = text}, both).rows, (Counts{{"waf", 20}}));
}

TEST(AutoParserAll, AnUnknownKindIsRefusedWithTheNearest) {
  const auto refused = auto_parser_function().prepare(
      {.variables = {{"KINDS", "alb,cloudtrial"}}, .data_folder = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Invalid);
  EXPECT_TRUE(refused.error().message.contains("'cloudtrial'")) << refused.error().message;
  EXPECT_TRUE(refused.error().message.contains("'cloudtrail'")) << refused.error().message;
}

TEST(AutoParserAll, TheOriginalIsKeptWhenAskedFor) {
  const sdk::Configuration keep{.variables = {{"KEEP_ORIGINAL", "true"}}, .data_folder = {}};
  const auto read = read_auto({.text = generated(*find_log_kind("alb"), 5)}, keep);
  EXPECT_TRUE(sdk::cell_text(read.all.front().batch, "event.original", 0));
}

}  // namespace
}  // namespace sextant::intel
