#include "services/audit/sealer.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <latch>
#include <thread>

#include "adapters/memory/store.h"
#include "core/encoding.h"
#include "core/json.h"
#include "guard/audit/record.h"
#include "sdk/batch_text.h"
#include "services/audit/audit_service.h"
#include "store/keys.h"

namespace sextant::services::audit {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

const SigningKey& a_key() {
  static const SigningKey kKey = SigningKey::make();
  return kKey;
}

// Rows become records of stream "landed": the sequences of the audit records that they hold.
class SequenceLander final : public lake::Lander {
 public:
  explicit SequenceLander(ports::CommitLog& log) : log_(log) {}

  class SequenceLanding final : public lake::Landing {
   public:
    Result<> add(const TableName& table, const BatchPtr& batch) override {
      EXPECT_EQ(table.text(), "sextant_audit");
      for (std::int64_t row = 0; row < batch->num_rows(); ++row)
        rows_.push_back({"landed", *sdk::cell_text(batch, "sextant.audit.sequence", row)});
      return {};
    }
    std::uint64_t buffered_bytes() const override { return 0; }
    std::vector<ports::Append> rows_;
  };

  std::unique_ptr<lake::Landing> open() override { return std::make_unique<SequenceLanding>(); }
  void land(std::unique_ptr<lake::Landing> landing, ports::Batch outcome,
            ports::CommitLog::OnDurable on_durable) override {
    if (refuses > 0) {
      --refuses;
      return on_durable(fail(Code::Exhausted, "the disk is full"));
    }
    for (auto& row : static_cast<SequenceLanding&>(*landing).rows_)
      outcome.appends.push_back(std::move(row));
    log_.submit(std::move(outcome), std::move(on_durable));
  }

  int refuses = 0;

 private:
  ports::CommitLog& log_;
};

// Of CloudTrail's columns these rows have none.
class BareRows final : public CloudTrailRows {
 public:
  bool add(std::uint64_t, std::string_view) override {
    ++rows_;
    return true;
  }
  Result<BatchPtr> finish() override {
    return arrow::RecordBatch::Make(arrow::schema({}), std::exchange(rows_, 0),
                                    arrow::ArrayVector());
  }

 private:
  std::int64_t rows_ = 0;
};

class SealerTest : public testing::Test {
 protected:
  void SetUp() override { sealer_ = start(); }

  std::unique_ptr<Sealer> start(SealerOptions options = {}) {
    return Sealer::start({.scope = kScope,
                          .clock = clock_,
                          .log = store_,
                          .state = store_,
                          .streams = store_,
                          .open_key = []() -> Result<SigningKey> { return a_key(); },
                          .lander = lander_,
                          .make_cloudtrail_rows = [] { return std::make_unique<BareRows>(); },
                          .on_sealed = [this] { ++sealed_; },
                          .metrics = metrics_},
                         options);
  }

  void record(int count, const std::string& payload = R"({"eventTime":"2027-01-15T08:00:00Z"})") {
    ports::Batch batch;
    for (int i = 0; i < count; ++i) batch.appends.push_back({stream_, payload, true});
    ASSERT_TRUE(ports::commit(store_, std::move(batch)));
  }
  // Of all rows that landed, in order.
  std::vector<std::string> landed() const {
    std::vector<std::string> all;
    const auto rows = store_.read("landed", 1, 100'000, 1 << 24);
    for (const auto& row : *rows) all.push_back(row.payload);
    return all;
  }
  std::uint64_t records() const { return *store_.next_sequence(stream_) - 1; }
  std::vector<guard::Digest> digests() {
    std::vector<guard::Digest> all;
    guard::DigestCheck check(a_key().verifying());
    const auto page = store_.read(store::keys::audit_digest_stream(kScope), 1, 1'000, 1 << 24);
    EXPECT_TRUE(page);
    for (const auto& item : *page) {
      auto digest = check.take(*guard::decode_signed_digest(item.payload));
      EXPECT_TRUE(digest) << digest.error().message;
      if (digest) all.push_back(std::move(*digest));
    }
    return all;
  }
  boost::json::object ask(std::string_view operation, boost::json::object parameters = {}) {
    for (const auto& row : operations({.scope = kScope, .streams = store_, .sealer = *sealer_})) {
      if (row.name != operation) continue;
      std::optional<Result<sdk::Output>> answer;
      row.handle(nullptr, {.parameters = std::move(parameters), .body = nullptr},
                 [&](Result<sdk::Output> output) { answer.emplace(std::move(output)); });
      EXPECT_TRUE(answer && *answer);
      if (answer && *answer) return (*answer)->result;
      if (answer) return {{"Error", (*answer).error().message}};
      break;
    }
    return {};
  }

  ManualClock clock_{kNow};
  adapters::MemoryStore store_{clock_};
  SequenceLander lander_{store_};
  std::atomic<int> sealed_ = 0;
  metrics::Registry metrics_;
  const std::string stream_ = store::keys::audit_stream(kScope);
  std::unique_ptr<Sealer> sealer_;
};

TEST_F(SealerTest, ASegmentHasOneDigestAndOneRecord) {
  record(5);
  const auto sealed = sealer_->seal();
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_EQ(sealed->last, 5u);
  EXPECT_EQ(records(), 6u) << "the seal itself";
  record(2);
  ASSERT_TRUE(sealer_->seal());
  const auto made = digests();
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].first, 1u);
  EXPECT_EQ(made[0].last, 5u);
  EXPECT_EQ(made[0].oldest, "2027-01-15T08:00:00Z");
  EXPECT_EQ(made[1].first, 6u);
  EXPECT_EQ(made[1].last, 8u);
  EXPECT_EQ(made[1].started, made[0].ended);
  EXPECT_EQ(landed(), (std::vector<std::string>{"1", "2", "3", "4", "5", "6", "7", "8"}));
  EXPECT_EQ(sealed_, 2);
  EXPECT_TRUE(ask("VerifyAudit")["Intact"].as_bool());
  EXPECT_EQ(ask("VerifyAudit")["Digests"].to_number<int>(), 2);
}

TEST_F(SealerTest, NothingNewSealsNothing) {
  ASSERT_TRUE(sealer_->seal());
  EXPECT_EQ(records(), 0u);
  record(1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(sealer_->seal());
  EXPECT_EQ(records(), 2u) << "its own record alone is nothing new";
  EXPECT_EQ(digests().size(), 1u);
  sealer_ = start();  // nor is it after a restart
  ASSERT_TRUE(sealer_->seal());
  EXPECT_EQ(records(), 2u);
}

TEST_F(SealerTest, WhatCannotLandIsNotSealed) {
  record(2);
  lander_.refuses = 1;
  const auto refused = sealer_->seal();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Exhausted);
  EXPECT_EQ(records(), 2u);
  ASSERT_TRUE(sealer_->seal());
  EXPECT_EQ(landed(), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(digests().size(), 1u);
}

TEST_F(SealerTest, MuchIsSealedInSegments) {
  sealer_.reset();
  record(10);
  sealer_ = start({.segment_records_max = 4});
  ASSERT_TRUE(sealer_->seal());
  const auto made = digests();
  ASSERT_EQ(made.size(), 3u);
  EXPECT_EQ(made[2].last, 10u);
  ASSERT_TRUE(sealer_->seal());
  EXPECT_EQ(digests().size(), 3u) << "three seals are nothing new either";
}

TEST_F(SealerTest, SealsByItselfSomeTimeAfterTheFirstNewRecord) {
  std::latch sealed(1);
  store_.wait(store::keys::audit_digest_stream(kScope), 1, [&] { sealed.count_down(); });
  record(1);
  while (!sealed.try_wait()) {  // until it has begun to wait, the clock passes it by
    clock_.advance(std::chrono::minutes(5));
    std::this_thread::yield();
  }
  EXPECT_EQ(digests().front().last, 1u);
  EXPECT_GE(digests().front().ended, kNow + std::chrono::minutes(5));
}

TEST_F(SealerTest, WhatDoesNotFollowIsNotSigned) {
  record(3);
  ports::Batch batch;
  batch.appends.push_back({stream_, "{}", false});
  ASSERT_TRUE(ports::commit(store_, std::move(batch)));
  record(1);
  const auto sealed = sealer_->seal();
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, Code::Corrupt);
  EXPECT_TRUE(digests().empty());
  const auto verified = ask("VerifyAudit");
  EXPECT_FALSE(verified.at("Intact").as_bool());
  EXPECT_EQ(verified.at("BrokenAt").to_number<int>(), 4);
}

TEST_F(SealerTest, OnlyOneOfTwoSealersSealsASegment) {
  auto other = start();
  int lost = 0;
  for (int i = 0; i < 6; ++i) {
    record(1);
    auto& sealer = i % 2 == 0 ? *sealer_ : *other;
    const auto sealed = sealer.seal();
    if (sealed) continue;
    EXPECT_EQ(sealed.error().code, Code::Conflict) << sealed.error().message;
    ++lost;
    ASSERT_TRUE(sealer.seal()) << "it has read where the other left the log";
  }
  EXPECT_GE(lost, 4);
  EXPECT_EQ(digests().size(), 6u) << "each follows on the one before";
}

TEST_F(SealerTest, DigestsComeInPagesAndCheckpointsAreChecked) {
  for (int i = 0; i < 5; ++i) {
    record(1);
    ASSERT_TRUE(sealer_->seal());
  }
  auto page = ask("ListAuditDigests", {{"MaxItems", "2"}});
  EXPECT_EQ(page["Digests"].as_array().size(), 2u);
  EXPECT_EQ(page["NextToken"], "2");
  page = ask("ListAuditDigests", {{"After", "3"}});
  EXPECT_EQ(page["Digests"].as_array().size(), 2u);
  EXPECT_FALSE(page.contains("NextToken"));
  EXPECT_TRUE(ask("ListAuditDigests", {{"After", "9"}})["Digests"].as_array().empty());
  EXPECT_TRUE(ask("GetAuditPublicKey")["PublicKey"].as_string().starts_with("-----BEGIN"));

  const auto chain = digests().back().chain;
  const auto hash = hex({reinterpret_cast<const char*>(chain.data()), chain.size()});
  const auto verified = [&](std::int64_t sequence) {
    return ask("VerifyAudit",
               {{"Checkpoints", boost::json::array{boost::json::object{
                                    {"sequence", sequence}, {"hash", hash}, {"source", "x"}}}}});
  };
  EXPECT_TRUE(verified(9)["Intact"].as_bool());
  EXPECT_TRUE(json::text_or(verified(8), "Reason").contains("written anew"));
  EXPECT_TRUE(json::text_or(verified(99), "Reason").contains("cut off"));
}

}  // namespace
}  // namespace sextant::services::audit
