#include "runtime/native/search.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "adapters/faulty/sink.h"
#include "adapters/memory/sink.h"
#include "core/file.h"
#include "runtime/native/search_stage.h"
#include "sdk/batch_text.h"
#include "tests/support/temporary_folder.h"

namespace sextant::runtime::native {
namespace {

constexpr std::int64_t kEvening = 1'783'036'799'000'000;  // 2026-07-02T23:59:59Z
constexpr std::int64_t kNight = kEvening + 1'000'000;     // the next day

// Who waits on it moves it.
class HurriedClock final : public Clock {
 public:
  Time now() const override { return now_; }
  bool wait_until(Time when, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    waits.push_back(when - now_);
    now_ = when;
    return true;
  }
  std::vector<Duration> waits;

 private:
  Time now_{Duration(kEvening)};
};

// What a test says of a put before it happens.
class ScriptedSink final : public ports::Sink {
 public:
  using Script = std::function<Result<>(std::span<const ports::Document>)>;
  ScriptedSink(ports::Sink& inner, const Script& script) : inner_(inner), script_(script) {}
  Result<ports::SinkReport> put(std::string_view index,
                                std::span<const ports::Document> documents) override {
    if (script_) SX_TRY(script_(documents));
    return inner_.put(index, documents);
  }
  Result<std::optional<ports::Document>> get(std::string_view index,
                                             std::string_view id) const override {
    return inner_.get(index, id);
  }
  Result<std::uint64_t> count(std::string_view index) const override { return inner_.count(index); }

 private:
  ports::Sink& inner_;
  const Script& script_;
};

struct Row {
  std::int64_t micros;
  std::int64_t offset;
  std::string message;
};

BatchPtr batch_of(const std::vector<Row>& rows) {
  arrow::TimestampBuilder ts(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                             arrow::default_memory_pool());
  arrow::Int64Builder offset;
  arrow::StringBuilder message;
  bool good = true;
  for (const auto& row : rows) {
    good = good && ts.Append(row.micros).ok() && offset.Append(row.offset).ok() &&
           message.Append(row.message).ok();
  }
  EXPECT_TRUE(good);
  auto schema =
      arrow::schema({arrow::field("ts", ts.type()), arrow::field("log.offset", arrow::int64()),
                     arrow::field("message", arrow::utf8())});
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(rows.size()),
                                  {*ts.Finish(), *offset.Finish(), *message.Finish()});
}

class SearchIndexTest : public testing::Test {
 protected:
  Result<std::shared_ptr<const sdk::Prepared>> prepare() {
    return function.prepare(
        {.variables = variables, .data_folder = folder.path().string(), .is_last = is_last});
  }
  // One delivery of those rows of table "alb".
  Result<> deliver(const std::vector<Row>& rows, const std::string& version = "v1") {
    if (!prepared) prepared = *prepare();
    sdk::Source source;
    source.path = "s3://logs/k";
    source.object_version = version;
    source.stop = stop.get_token();
    emitted.clear();
    const auto stage = prepared->start(source);
    const sdk::Emit emit = [this](const sdk::Rows& given) -> Result<> {
      emitted.push_back(given);
      return {};
    };
    for (const auto& row : rows) SX_TRY(stage->rows({"alb", batch_of({row})}, emit));
    return stage->finish(emit);
  }
  std::uint64_t count(const std::string& index) { return *memory.count(index); }

  test::TemporaryFolder folder;
  adapters::MemorySink memory;
  ScriptedSink::Script script;
  HurriedClock clock;
  std::vector<std::string> opened;  // prefix and file of each
  std::stop_source stop;
  sdk::Function function = search_index_function(
      {.open = [this](const std::string& path,
                      const std::string& prefix) -> Result<std::unique_ptr<ports::Sink>> {
         opened.push_back(prefix + " " + path);
         SX_TRY(read_file(path));
         return std::make_unique<ScriptedSink>(memory, script);
       },
       .clock = clock});
  std::map<std::string, std::string> variables{{"SEARCH_DOMAIN", "logs"}};
  bool is_last = true;
  std::shared_ptr<const sdk::Prepared> prepared;
  std::vector<sdk::Rows> emitted;
  const std::string file = search_domain_file(folder.path().string(), "logs");
  const bool is_there = [this] {
    std::filesystem::create_directories(folder / "search");
    return write_file_atomic(file, "1").has_value();
  }();
};

TEST_F(SearchIndexTest, EachRowIsADocumentInTheIndexOfItsOwnDay) {
  ASSERT_TRUE(deliver({{kEvening, 0, "a"}, {kNight, 9, "b"}, {kNight, 18, "c"}}));
  EXPECT_EQ(count("sextant-alb-2026.07.02"), 1u);
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 2u);
  EXPECT_TRUE(emitted.empty());
  EXPECT_EQ(opened, (std::vector<std::string>{"sextant " + file}));
}

TEST_F(SearchIndexTest, ADeliveryThatIsRepeatedAddsNothing) {
  const std::vector<Row> rows{{kNight, 0, "a"}, {kNight, 9, "a"}, {kNight, 9, "same offset"}};
  ASSERT_TRUE(deliver(rows));
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 3u);
  ASSERT_TRUE(deliver(rows));
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 3u);
  ASSERT_TRUE(deliver(rows, "v2"));
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 6u);
}

TEST_F(SearchIndexTest, BesideTheLakeRowsGoOn) {
  is_last = false;
  variables["SEARCH_INDEX_PREFIX"] = "soc-logs";
  ASSERT_TRUE(deliver({{kNight, 0, "a"}, {kNight, 9, "b"}}));
  EXPECT_EQ(count("soc-logs-alb-2026.07.03"), 2u);
  ASSERT_EQ(emitted.size(), 2u);
  EXPECT_EQ(emitted[1].table, "alb");
  EXPECT_EQ(sdk::cell_text(emitted[1].batch, "message", 0), "b");
}

TEST_F(SearchIndexTest, WhatTheIndexCanNeverHoldBecomesADeadLetter) {
  class Refusing final : public ports::Sink {
   public:
    Result<ports::SinkReport> put(std::string_view,
                                  std::span<const ports::Document> documents) override {
      ports::SinkReport report;
      for (std::size_t i = 0; i < documents.size(); ++i) {
        const bool bad = documents[i].json.contains("bad");
        if (bad) report.refused.push_back({i, {Code::Invalid, "mapper_parsing_exception: no"}});
        report.created += bad ? 0 : 1;
      }
      return report;
    }
    Result<std::optional<ports::Document>> get(std::string_view, std::string_view) const override {
      return std::nullopt;
    }
    Result<std::uint64_t> count(std::string_view) const override { return 0; }
  };
  function = search_index_function(
      {.open = [](const auto&, const auto&) -> Result<std::unique_ptr<ports::Sink>> {
         return std::make_unique<Refusing>();
       },
       .clock = clock});
  ASSERT_TRUE(deliver({{kNight, 0, "good"}, {kNight, 9, "bad"}, {kEvening, 18, "bad too"}}));
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].table, "search_dead_letters");
  const auto& letters = emitted[0].batch;
  ASSERT_EQ(letters->num_rows(), 2);  // an index after the other
  const std::pair<const char*, const char*> wanted[] = {
      {"ts", "2026-07-02T23:59:59Z"},
      {"reason", "mapper_parsing_exception: no"},
      {"search.index", "sextant-alb-2026.07.02"},
      {"log.file.path", "s3://logs/k"},
      {"log.offset", "18"},
      {"document",
       R"({"@timestamp":"2026-07-02T23:59:59Z","log":{"offset":18},"message":"bad too"})"}};
  for (const auto& [column, text] : wanted)
    EXPECT_EQ(sdk::cell_text(letters, column, 0), text) << column;
  EXPECT_EQ(sdk::cell_text(letters, "search.document_id", 0)->size(), 32u);
}

TEST_F(SearchIndexTest, ADocumentBeyondTheSinksBoundIsADeadLetterAndStopsNoOther) {
  ASSERT_TRUE(deliver({{kNight, 0, std::string(ports::kDocumentBytesMax, 'x')}, {kNight, 9, "a"}}));
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 1u);
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(sdk::cell_text(emitted[0].batch, "reason", 0), "the document is larger than 8 MiB");
}

TEST_F(SearchIndexTest, WhatTheDomainRefusedForNowIsPutAgainDocumentByDocument) {
  adapters::Faults faults(7, {.full = 0.3}, clock);
  adapters::FaultySink flaky(memory, faults);
  std::vector<std::size_t> sizes;
  script = [&](std::span<const ports::Document> documents) -> Result<> {
    sizes.push_back(documents.size());
    return {};
  };
  function = search_index_function(
      {.open = [&](const auto&, const auto&) -> Result<std::unique_ptr<ports::Sink>> {
         return std::make_unique<ScriptedSink>(flaky, script);
       },
       .clock = clock});
  std::vector<Row> rows;
  for (int i = 0; i < 20; ++i) rows.push_back({kNight, i, "x"});
  ASSERT_TRUE(deliver(rows));
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 20u);
  ASSERT_GT(sizes.size(), 1u);
  EXPECT_EQ(sizes.front(), 20u);
  for (std::size_t i = 1; i < sizes.size(); ++i) EXPECT_LT(sizes[i], sizes[i - 1]);
}

TEST_F(SearchIndexTest, ADomainThatIsDownFailsTheDeliveryAfterAFewTriesAndLosesNothing) {
  struct Case {
    Code code;
    std::size_t waits;
  };
  for (const auto& [code, waits] : {Case{Code::Unavailable, 3}, Case{Code::Exhausted, 3},
                                    Case{Code::Denied, 0}, Case{Code::Invalid, 0}}) {
    clock.waits.clear();
    script = [code = code](auto) { return Result<>(fail(code, "no")); };
    const auto done = deliver({{kNight, 0, "a"}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Unavailable);  // for as long as the event is young
    EXPECT_EQ(done.error().name, "Search.Unavailable");
    EXPECT_EQ(clock.waits.size(), waits);
  }
  script = nullptr;
  ASSERT_TRUE(deliver({{kNight, 0, "a"}}));
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 1u);
}

// Takes nothing until a time, and says so.
class BusySink final : public ports::Sink {
 public:
  struct Domain {
    adapters::MemorySink documents = {};
    std::chrono::seconds retry_after{0};
    Time busy_until = {};
    std::vector<Time> calls = {};
  };
  BusySink(Domain& domain, const Clock& clock) : domain_(domain), clock_(clock) {}
  Result<ports::SinkReport> put(std::string_view index,
                                std::span<const ports::Document> documents) override {
    domain_.calls.push_back(clock_.now());
    if (clock_.now() >= domain_.busy_until) return domain_.documents.put(index, documents);
    ports::SinkReport report{.retry_after = domain_.retry_after};
    for (std::size_t i = 0; i < documents.size(); ++i)
      report.refused.push_back({i, {Code::Exhausted, "the search domain answered 429"}});
    return report;
  }
  Result<std::optional<ports::Document>> get(std::string_view, std::string_view) const override {
    return std::nullopt;
  }
  Result<std::uint64_t> count(std::string_view index) const override {
    return domain_.documents.count(index);
  }

 private:
  Domain& domain_;
  const Clock& clock_;
};

class BusyDomainTest : public SearchIndexTest {
 protected:
  BusyDomainTest() {
    function = search_index_function(
        {.open = [this](const auto&, const auto&) -> Result<std::unique_ptr<ports::Sink>> {
           return std::make_unique<BusySink>(domain, clock);
         },
         .clock = clock});
  }
  void be_busy(std::chrono::seconds how_long) {
    domain.calls.clear();
    domain.retry_after = how_long;
    domain.busy_until = clock.now() + how_long;
  }
  std::vector<Row> many_rows() {
    std::vector<Row> rows;
    for (int i = 0; i < 300; ++i) rows.push_back({kNight, i, "x"});
    return rows;
  }
  std::uint64_t documents() { return *domain.documents.count("sextant-alb-2026.07.03"); }

  BusySink::Domain domain;
};

TEST_F(BusyDomainTest, GetsTheNextCallWhenItSaid) {
  be_busy(std::chrono::seconds(7));
  const auto began = clock.now();
  ASSERT_TRUE(deliver(many_rows()));
  EXPECT_EQ(domain.calls, (std::vector<Time>{began, began + std::chrono::seconds(7)}));
  EXPECT_EQ(documents(), 300u);
}

TEST_F(BusyDomainTest, WhoWouldWaitLongGivesItsThreadBackAndNobodyCallsBefore) {
  be_busy(std::chrono::seconds(600));
  const auto began = clock.now();
  const auto first = deliver(many_rows());
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Code::Unavailable) << "tried again while the event is young";
  EXPECT_TRUE(first.error().message.contains("left alone until 2026-07-03T00:09:59"))
      << first.error().message;
  EXPECT_FALSE(deliver(many_rows(), "v2"));
  EXPECT_EQ(domain.calls.size(), 1u) << "of all deliveries";
  clock.wait_until(domain.busy_until - std::chrono::milliseconds(1), {});
  EXPECT_TRUE(deliver(many_rows()));
  EXPECT_EQ(domain.calls, (std::vector<Time>{began, domain.busy_until}));
  EXPECT_TRUE(deliver(many_rows(), "v2"));
  EXPECT_EQ(documents(), 600u);
}

TEST_F(BusyDomainTest, WhatItToldOneFunctionHoldsForTheOthers) {
  be_busy(std::chrono::seconds(600));
  EXPECT_FALSE(deliver(many_rows()));
  variables["SEARCH_INDEX_PREFIX"] = "other";
  prepared = *prepare();
  EXPECT_FALSE(deliver(many_rows()));
  EXPECT_EQ(domain.calls.size(), 1u);
  clock.wait_until(domain.busy_until, {});
  EXPECT_TRUE(deliver(many_rows()));
  be_busy(std::chrono::seconds(600));
  EXPECT_FALSE(deliver(many_rows(), "v2"));
  ASSERT_TRUE(write_file_atomic(file, "another domain"));
  EXPECT_FALSE(deliver(many_rows(), "v2"));
  EXPECT_EQ(domain.calls.size(), 2u) << "a file that names another domain begins anew";
}

// A delivery has one cause, however many of its documents were refused for now; none of these is a
// dead letter.
TEST_F(BusyDomainTest, ManyDocumentsThatWaitAreToldOfOnce) {
  be_busy(std::chrono::seconds(0));
  domain.busy_until = Time::max();
  const auto done = deliver(many_rows());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the search domain answered 429");
  EXPECT_TRUE(emitted.empty());
  EXPECT_EQ(domain.calls.size(), 4u);
}

TEST_F(SearchIndexTest, WhenTheNodeEndsNobodyWaitsForTheDomain) {
  script = [](auto) { return Result<>(fail(Code::Unavailable, "no")); };
  stop.request_stop();
  EXPECT_FALSE(deliver({{kNight, 0, "a"}}));
  EXPECT_TRUE(clock.waits.empty());
}

TEST_F(SearchIndexTest, ManyRowsGoInGroups) {
  std::set<std::size_t> sizes;
  script = [&](std::span<const ports::Document> documents) -> Result<> {
    sizes.insert(documents.size());
    return {};
  };
  prepared = *prepare();
  std::vector<Row> rows;
  for (int i = 0; i < 12'000; ++i) rows.push_back({kNight, i, "x"});
  const auto stage = prepared->start({});
  const sdk::Emit emit = [](const auto&) { return Result<>(); };
  ASSERT_TRUE(stage->rows({"alb", batch_of(rows)}, emit));
  ASSERT_TRUE(stage->finish(emit));
  EXPECT_EQ(sizes, (std::set<std::size_t>{2'000, 5'000}));
  EXPECT_EQ(count("sextant-alb-2026.07.03"), 12'000u);
}

TEST_F(SearchIndexTest, AnOwnersNewFileCountsFromTheNextDeliveryOn) {
  ASSERT_TRUE(deliver({{kNight, 0, "a"}}));
  ASSERT_TRUE(deliver({{kNight, 9, "a"}}));
  EXPECT_EQ(opened.size(), 1u);
  ASSERT_TRUE(write_file_atomic(file, "22"));
  ASSERT_TRUE(deliver({{kNight, 18, "a"}}));
  EXPECT_EQ(opened.size(), 2u);
  std::filesystem::remove(file);
  const auto done = deliver({{kNight, 27, "a"}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Unavailable);
  EXPECT_FALSE(prepared->stale());
}

TEST_F(SearchIndexTest, ItSaysWhatItCalls) {
  const auto calls = (*prepare())->outside_calls();
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].service + ":" + calls[0].operation + " " + calls[0].resource,
            "es:ESHttpPost domain/logs/_bulk");
  EXPECT_EQ(calls[1].service + ":" + calls[1].operation + " " + calls[1].resource,
            "es:ESHttpPut domain/logs/_index_template/sextant");
}

TEST_F(SearchIndexTest, NamesThatCannotBe) {
  const std::map<std::string, std::string> cases[] = {
      {},
      {{"SEARCH_DOMAIN", "../logs"}},
      {{"SEARCH_DOMAIN", "Logs"}},
      {{"SEARCH_DOMAIN", "-logs"}},
      {{"SEARCH_DOMAIN", std::string(29, 'a')}},
      {{"SEARCH_DOMAIN", "logs"}, {"SEARCH_INDEX_PREFIX", "a*"}},
      {{"SEARCH_DOMAIN", "logs"}, {"SEARCH_INDEX_PREFIX", ""}}};
  for (const auto& given : cases) {
    variables = given;
    const auto made = prepare();
    ASSERT_FALSE(made) << given.size();
    EXPECT_EQ(made.error().code, Code::Invalid);
  }
}

}  // namespace
}  // namespace sextant::runtime::native
