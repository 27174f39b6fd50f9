#pragma once
// For tests of this layer: a lake in a temporary folder, its manifest in memory.
#include <arrow/api.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/embedded/lake_files.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/memory/store.h"
#include "lake/delta_checkpoints.h"
#include "lake/file_lander.h"
#include "lake/manifest.h"
#include "tests/support/lake_rows.h"
#include "tests/support/temporary_folder.h"

namespace sextant::lake {

using Durable = std::future<Result<ports::Committed>>;

class LakeTest : public testing::Test {
 protected:
  LakeTest() { reopen(); }

  void reopen() { manifest_ = std::move(*Manifest::open(scope_, store_, store_)); }

  std::unique_ptr<Lander> lander(LanderOptions options = {}) {
    return make_file_lander({.clock = clock_,
                             .log = log(),
                             .files = files(),
                             .manifest = *manifest_,
                             .metrics = metrics_},
                            options);
  }
  DeltaParts delta_parts(std::uint64_t checkpoint_every = 100) {
    return {.scope = scope_,
            .clock = clock_,
            .log = store_,
            .state = store_,
            .streams = store_,
            .files = *files_,
            .manifest = *manifest_,
            .checkpoint_every = checkpoint_every};
  }
  virtual ports::CommitLog& log() { return store_; }
  virtual ports::LakeFiles& files() { return *files_; }

  static ports::Batch outcome(const std::string& name) {
    return {.conditions = {{.key = "outcome/" + name}},
            .puts = {{.key = "outcome/" + name, .value = "done"}},
            .appends = {{.stream = "outcomes", .payload = name}}};
  }

  // Lands one delivery whose outcome is that it is not there yet.
  static Durable land(Lander& lander, const std::string& name, const std::vector<BatchPtr>& batches,
                      const std::string& table = "alb") {
    auto landing = lander.open();
    for (const auto& batch : batches) {
      const auto added = landing->add(TableName(table), batch);
      EXPECT_TRUE(added) << added.error().message;
    }
    auto promise = std::make_shared<std::promise<Result<ports::Committed>>>();
    auto future = promise->get_future();
    lander.land(std::move(landing), outcome(name),
                [promise](Result<ports::Committed> done) { promise->set_value(std::move(done)); });
    return future;
  }

  std::uint64_t rows_in(const std::string& table) {
    const auto found = manifest_->find(TableName(table));
    EXPECT_TRUE(found);
    if (!found || !*found) return 0;
    std::uint64_t rows = 0;
    for (const auto& file : (*found)->files) rows += file->rows;
    return rows;
  }

  std::string ask(const std::string& sql, const std::string& table = "alb") {
    const auto found = manifest_->find(TableName(table));
    auto reader = files_->query(sql, {found->value()}, {});
    if (!reader) return reader.error().message;
    auto batch = (*reader)->next();
    if (!batch) return batch.error().message;
    return (*batch)->column(0)->GetScalar(0).ValueOrDie()->ToString();
  }

  std::set<std::string> files_on_disk() const {
    std::set<std::string> paths;
    const auto root = folder_ / "lake";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.is_regular_file()) paths.insert(entry.path().lexically_relative(root).string());
    }
    return paths;
  }

  std::set<std::string> files_in_manifest(const std::string& table = "alb") {
    std::set<std::string> paths;
    const auto found = manifest_->find(TableName(table));
    if (!found || !*found) return paths;
    for (const auto& file : (*found)->files) paths.insert(file->path);
    return paths;
  }

  Scope scope_{AccountId("000000000000"), Region("us-east-1")};
  ManualClock clock_{test::kLakeTime};
  test::TemporaryFolder folder_;
  adapters::PosixDisk disk_;
  adapters::MemoryStore store_{clock_};
  std::unique_ptr<ports::LakeFiles> files_ =
      std::move(*adapters::open_lake_files(disk_, folder_ / "lake"));
  metrics::Registry metrics_;
  std::unique_ptr<Manifest> manifest_;
};

}  // namespace sextant::lake
