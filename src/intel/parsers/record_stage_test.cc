#include "intel/parsers/record_stage.h"

#include <arrow/record_batch.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <map>

#include "core/encoding.h"
#include "core/time_text.h"
#include "intel/parsers/cloudtrail.h"
#include "sdk/batch_text.h"

namespace sextant::intel {
namespace {

using sdk::cell_text;

std::string record_of(std::string_view id, std::string_view more = {}) {
  return R"({"eventVersion":"1.08","eventTime":"2026-01-02T03:04:05Z","eventName":"X","eventID":")" +
         std::string(id) + "\"" + std::string(more) + "}";
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Malformed {
  std::string offset;
  std::string length;
  std::string reason;
  std::string raw;
};

struct Read {
  std::vector<std::pair<std::string, std::string>> records;  // event.id, log.offset
  std::vector<Malformed> malformed;

  std::string ids() const {
    std::string all;
    for (const auto& [id, offset] : records) all += id + " ";
    return all;
  }
};

class RecordStages : public testing::Test {
 protected:
  static sdk::Source source() {
    sdk::Source source;
    source.path = "s3://logs/key";
    source.received = *parse_iso8601("2026-01-02T03:04:05Z");
    return source;
  }
  static sdk::Emit collect(Read& into) {
    return [&into](const sdk::Rows& rows) -> Result<> {
      const auto cell = [&](std::string_view column, std::int64_t row) {
        return cell_text(rows.batch, column, row).value_or("~");
      };
      EXPECT_TRUE(rows.batch->ValidateFull().ok());
      for (std::int64_t row = 0; row < rows.batch->num_rows(); ++row) {
        if (rows.table == "malformed") {
          into.malformed.push_back({cell("log.offset", row), cell("log.length", row),
                                    cell("reason", row), cell("raw", row)});
        } else {
          into.records.emplace_back(cell("event.id", row), cell("log.offset", row));
        }
      }
      return {};
    };
  }
  // The text in pieces of that size, whole.
  static Read read(std::string_view text, std::size_t piece_bytes = std::size_t{1} << 20,
                   std::string_view damage = {}) {
    Read read;
    const auto emit = collect(read);
    RecordStage stage(kCloudTrail, source(), {});
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
      EXPECT_TRUE(stage.text({.text = text.substr(at, piece_bytes), .offset = at}, emit));
    }
    EXPECT_TRUE(stage.text({.text = {}, .offset = text.size(), .last = true}, emit));
    if (!damage.empty()) {
      EXPECT_TRUE(stage.damaged(text.size(), damage, emit));
    }
    EXPECT_TRUE(stage.finish(emit));
    return read;
  }
};

TEST_F(RecordStages, AFileOnOneLineIsReadRecordByRecordHoweverItIsCut) {
  std::string text = "{\"Records\":[";
  std::vector<std::pair<std::string, std::string>> expected;
  for (int i = 0; i < 40; ++i) {
    if (i > 0) text += ',';
    const auto id = "a{[\\\"" + std::to_string(i) + "]}\\\\";
    expected.emplace_back("a{[\"" + std::to_string(i) + "]}\\", std::to_string(text.size()));
    text += record_of(id, i % 7 == 3 ? R"(,"requestParameters":{"a":[{"b":"}\"]"},[]]})" : "");
  }
  text += "]}";
  for (const std::size_t piece : {1UL, 2UL, 3UL, 63UL, 64UL, 65UL, 1000UL, 1UL << 20}) {
    const auto all = read(text, piece);
    EXPECT_EQ(all.records, expected) << piece;
    EXPECT_TRUE(all.malformed.empty()) << piece;
  }
}

TEST_F(RecordStages, AFileMayBeManyTimesTheLengthOfALine) {
  std::string text = "{\"Records\":[";
  for (int i = 0; i < 5'000; ++i) {
    if (i > 0) text += ',';
    text += record_of(std::to_string(i), ",\"userAgent\":\"" + std::string(1'000, 'u') + "\"");
  }
  const auto all = read(text + "]}");
  EXPECT_EQ(all.records.size(), 5'000U);
  EXPECT_EQ(all.records.back().first, "4999");
  EXPECT_TRUE(all.malformed.empty());
}

TEST_F(RecordStages, ObjectsOneBehindTheOtherAreRecordsWhateverStandsBetween) {
  const auto text = record_of("a") + "\n" + record_of("b") + record_of("c") + " ,\r\n\n[" +
                    record_of("d") + "," + record_of("e") + "]{\"Records\":[" + record_of("f") +
                    "]}{\"Records\":[]}" + record_of("g") + "\n";
  EXPECT_EQ(read(text).ids(), "a b c d e f g ");
  EXPECT_TRUE(read(text).malformed.empty());
}

TEST_F(RecordStages, AFileThatWasCutKeepsItsWholeRecords) {
  const auto whole = "{\"Records\":[" + record_of("a") + "," + record_of("b");
  const auto cut = whole + "," + record_of("c").substr(0, 30);
  for (const std::size_t piece : {1UL, 50UL, 1000UL}) {
    const auto all = read(cut, piece);
    EXPECT_EQ(all.ids(), "a b ");
    ASSERT_EQ(all.malformed.size(), 1U);
    EXPECT_EQ(all.malformed[0].offset, std::to_string(whole.size() + 1));
    EXPECT_EQ(all.malformed[0].length, "30");
    EXPECT_EQ(all.malformed[0].raw, record_of("c").substr(0, 30));
    EXPECT_TRUE(all.malformed[0].reason.contains("ends before its records do"));
  }
  const auto between = read(whole);  // nothing but the end is missing
  EXPECT_EQ(between.ids(), "a b ");
  ASSERT_EQ(between.malformed.size(), 1U);
  EXPECT_EQ(between.malformed[0].offset, std::to_string(whole.size()));
  EXPECT_EQ(between.malformed[0].length, "0");
}

TEST_F(RecordStages, DamageIsOnRecordWhereItBegins) {
  const auto whole = "{\"Records\":[" + record_of("a") + ",";
  const auto all = read(whole + record_of("b").substr(0, 20), 7, "the stream was cut short");
  EXPECT_EQ(all.ids(), "a ");
  ASSERT_EQ(all.malformed.size(), 1U);
  EXPECT_EQ(all.malformed[0].offset, std::to_string(whole.size()));
  EXPECT_TRUE(all.malformed[0].reason.contains("damaged from here on: the stream was cut short"));
  const auto at_once = read("", 1, "no gzip");
  ASSERT_EQ(at_once.malformed.size(), 1U);
  EXPECT_EQ(at_once.malformed[0].offset, "0");
}

TEST_F(RecordStages, ABrokenRecordDoesNotTakeOthersAlong) {
  const auto broken = record_of("bad", R"(,"requestParameters":{"a":[{"b":"c"}]})");
  for (std::size_t cut = 24; cut < broken.size(); ++cut) {
    const auto text = "{\"Records\":[" + record_of("a") + "," + broken.substr(0, cut) + "," +
                      record_of("b") + "," + record_of("c") + "]}";
    const auto all = read(text, 11);
    EXPECT_EQ(all.ids(), "a b c ") << cut;
    ASSERT_EQ(all.malformed.size(), 1U) << cut;
    EXPECT_EQ(all.malformed[0].offset, std::to_string(13 + record_of("a").size()));
    EXPECT_EQ(all.malformed[0].raw, broken.substr(0, cut));
  }
}

TEST_F(RecordStages, NorDoesAQuoteTooMany) {
  const auto broken = record_of("bad", R"(,"requestParameters":{"a":[{"b":"c"}]})");
  for (std::size_t at = 24; at < broken.size(); ++at) {
    auto quoted = broken;
    quoted.insert(at, "\"");
    const auto text = "{\"Records\":[" + record_of("a") + "," + quoted + "," + record_of("b") +
                      "," + record_of("c") + "]}";
    EXPECT_EQ(read(text).ids(), "a b c ") << quoted;
    EXPECT_EQ(read(text).malformed.size(), 1U) << quoted;
  }
}

TEST_F(RecordStages, ABrokenLineDoesNotTakeTheNextOnesAlong) {
  const auto broken = record_of("bad");
  for (std::size_t cut = 1; cut < broken.size(); ++cut) {
    const auto text = record_of("a") + "\n" + broken.substr(0, cut) + "\n" + record_of("b") + "\n";
    const auto all = read(text, 5);
    EXPECT_EQ(all.ids(), "a b ") << cut;
    ASSERT_EQ(all.malformed.size(), 1U) << cut;
    EXPECT_EQ(all.malformed[0].raw, broken.substr(0, cut)) << cut;
  }
}

TEST_F(RecordStages, WhatIsNoRecordInAListIsARowEach) {
  const auto text = "{\"Records\":[null," + record_of("a") + ",17,\"x\",[1,2]," + record_of("b") +
                    "]}\nnoise, with a comma\n" + record_of("c");
  const auto all = read(text, 3);
  EXPECT_EQ(all.ids(), "a b c ");
  std::string raw;
  for (const auto& each : all.malformed) raw += each.raw + "|";
  EXPECT_EQ(raw, "null|17|\"x\"|[1,2]|noise, with a comma|");
}

TEST_F(RecordStages, ARecordThatIsTooLongIsOneRowWithItsBeginning) {
  const auto text = "{\"Records\":[" + record_of("a") + "," +
                    record_of("long", ",\"x\":\"" + std::string(3 << 20, 'x') + "\"") + "," +
                    record_of("b") + "]}";
  for (const std::size_t piece : {std::size_t{1'000}, std::size_t{1} << 20}) {
    const auto all = read(text, piece);
    EXPECT_EQ(all.ids(), "a b ");
    ASSERT_EQ(all.malformed.size(), 1U);
    EXPECT_EQ(all.malformed[0].offset, std::to_string(13 + record_of("a").size()));
    EXPECT_EQ(all.malformed[0].length,
              std::to_string(record_of("long", ",\"x\":\"\"").size() + (3 << 20)));
    EXPECT_EQ(all.malformed[0].raw.size(), kRawBytesMax);
    EXPECT_EQ(all.malformed[0].reason, "the record is longer than 1 MiB");
  }
}

TEST_F(RecordStages, EnvelopesAreTakenOff) {
  const auto of_logs = [](std::string_view messages) {
    return R"({"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[)" + std::string(messages) +
           "]}";
  };
  std::string message;
  for (const char c : record_of("logs")) message.append(c == '"' ? "\\" : "").push_back(c);
  const auto event = R"({"id":"1","timestamp":1,"message":")" + message + "\"}";
  const auto control =
      R"({"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health."})";
  EXPECT_EQ(read(of_logs(event + "," + event)).ids(), "logs logs ");
  EXPECT_EQ(read(of_logs(event + "," + event), 1).records[1].second,
            std::to_string(of_logs("").size() - 2 + event.size() + 1));
  const auto told = read(of_logs(control) + of_logs(event));
  EXPECT_EQ(told.ids(), "logs ");
  EXPECT_TRUE(told.malformed.empty());
  const auto bridge = R"({"version":"0","detail-type":"AWS API Call via CloudTrail","detail":)" +
                      record_of("bridge") + ",\"time\":\"2026-01-02T03:04:05Z\"}";
  EXPECT_EQ(read(bridge + "\n" + bridge).ids(), "bridge bridge ");
  const auto not_json = read(of_logs(R"({"id":"1","timestamp":1,"message":"hello"})"));
  ASSERT_EQ(not_json.malformed.size(), 1U);
  EXPECT_EQ(not_json.malformed[0].raw, R"({"id":"1","timestamp":1,"message":"hello"})");
}

TEST_F(RecordStages, WhatStandsBehindTheListIsNotLost) {
  const auto plain = read("{\"Records\":[" + record_of("a") + "],\"NextToken\":\"t\"}");
  EXPECT_EQ(plain.ids(), "a ");
  EXPECT_TRUE(plain.malformed.empty());
  const auto more = read("{\"Records\":[" + record_of("a") + "],\"Records\":[" + record_of("b") +
                         "]}" + record_of("c"));
  EXPECT_EQ(more.ids(), "a b c ");
  EXPECT_FALSE(more.malformed.empty());
}

TEST_F(RecordStages, WhatIsCompressedInsideTheObjectIsReadToo) {
  const auto text = "{\"Records\":[" + record_of("a") + "," + record_of("b") + "]}";
  const auto packed = gzip(text) + gzip(text);
  for (const std::size_t piece : {1UL, 3UL, 5UL, 1000UL}) {
    EXPECT_EQ(read(packed, piece).ids(), "a b a b ");
  }
  const auto cut = read(std::string_view(packed).substr(0, packed.size() - 12));
  EXPECT_FALSE(cut.malformed.empty());
  EXPECT_TRUE(cut.malformed.back().reason.contains("compressed in it is damaged"));
  EXPECT_TRUE(cut.ids().starts_with("a b "));
}

std::string subscription_of(const std::vector<std::string>& messages) {
  std::string text = R"({"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logEvents":[)";
  for (const auto& message : messages) {
    std::string escaped;
    for (const char c : message) escaped.append(c == '"' ? "\\\"" : std::string(1, c));
    if (!text.ends_with('[')) text += ',';
    text.append(R"({"id":"1","timestamp":1,"message":")").append(escaped).append("\"}");
  }
  return text + "]}";
}

std::string lambda_event(const std::string& data) {
  return R"({"awslogs":{"data":")" + data + "\"}}";
}

TEST_F(RecordStages, WhatLambdaGetsOfASubscriptionIsUnpacked) {
  const auto first =
      lambda_event(base64(gzip(subscription_of({record_of("a"), "no record", record_of("b")}))));
  const auto text = record_of("0") + "\n" + first + "\n" +
                    lambda_event(base64(gzip(R"({"messageType":"CONTROL_MESSAGE","logEvents":[{)"
                                             R"("message":"CWL CONTROL MESSAGE: hello"}]})"))) +
                    "\n" + lambda_event(base64(subscription_of({record_of("c")}))) + "\n" +
                    record_of("d");
  for (const std::size_t piece : {text.size(), std::size_t{7}}) {
    const auto read = this->read(text, piece);
    EXPECT_EQ(read.ids(), "0 a b c d ");
    const auto begin = record_of("0").size() + 1;
    EXPECT_EQ(read.records[1].second, std::to_string(begin));
    EXPECT_EQ(read.records[2].second, std::to_string(begin + 2));
    ASSERT_EQ(read.malformed.size(), 1U);
    EXPECT_EQ(read.malformed[0].offset, std::to_string(begin + 1));
  }
}

TEST_F(RecordStages, WhatCannotBeUnpackedIsOnRecordAndTheRestOfItIsRead) {
  auto cut = gzip(subscription_of({record_of("a"), record_of("b")}));
  cut.resize(cut.size() - 4);
  const auto text = lambda_event("***") + "\n" + lambda_event(base64(cut)) + "\n" +
                    lambda_event("") + "\n" + record_of("c");
  const auto read = this->read(text, text.size());
  EXPECT_EQ(read.ids(), "a b c ");
  ASSERT_EQ(read.malformed.size(), 2U);
  EXPECT_TRUE(read.malformed[0].reason.contains("no base64")) << read.malformed[0].reason;
  EXPECT_EQ(read.malformed[0].raw, lambda_event("***"));
  EXPECT_TRUE(read.malformed[1].reason.contains("cannot be read")) << read.malformed[1].reason;
}

TEST_F(RecordStages, PackedInPackedIsNotUnpackedAgain) {
  const auto inner = lambda_event(base64(gzip(subscription_of({record_of("a")}))));
  const auto read = this->read(lambda_event(base64(gzip(inner))), 1'000'000);
  EXPECT_EQ(read.ids(), "");
  ASSERT_EQ(read.malformed.size(), 1U);
  EXPECT_EQ(read.malformed[0].raw, inner);
}

TEST_F(RecordStages, ABombInAPackedTextIsOnRecord) {
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += "{}\n";
  const auto event = lambda_event(base64(gzip(many)));
  const auto read = this->read(event, event.size());
  EXPECT_EQ(read.malformed.size(), event.size());
  EXPECT_TRUE(read.malformed.back().reason.contains("more records"))
      << read.malformed.back().reason;
}

TEST_F(RecordStages, AShortObjectIsNotForgotten) {
  EXPECT_EQ(read("x").malformed.size(), 1U);
  EXPECT_EQ(read("{}").malformed.size(), 1U);
  EXPECT_EQ(read("\xEF\xBB").malformed.size(), 1U);
  EXPECT_EQ(read("\xEF\xBB\xBF").malformed.size(), 0U);
  EXPECT_EQ(read("").malformed.size(), 0U);
  EXPECT_EQ(read(" \n").malformed.size(), 0U);
}

// Text that is made to be read again and again must not take longer than its length.
TEST_F(RecordStages, HostileTextIsReadInOneGo) {
  std::string text = "{\"Records\":[";
  for (int i = 0; i < 20'000; ++i) text += R"(,{"eventVersion":")";
  const auto quotes = read(text);
  EXPECT_EQ(quotes.records.size(), 0U);
  EXPECT_GT(quotes.malformed.size(), 15'000U);
  text = "{\"Records\":[";
  for (int i = 0; i < 20'000; ++i) text += R"(,{"eventVersion":[)";
  EXPECT_GT(read(text).malformed.size(), 15'000U);
}

}  // namespace
}  // namespace sextant::intel
