#pragma once
// State, streams and commits of one node in one folder: RocksDB behind the ports commit_log,
// state_store and stream_log. Durable; many batches share one fsync. Stored format:
// docs/formats/embedded-store.md.
#include <cstdint>
#include <filesystem>
#include <memory>

#include "adapters/embedded/disk.h"
#include "core/clock.h"
#include "core/result.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "ports/stream_log.h"

namespace sextant::adapters {

class EmbeddedStore final : public ports::CommitLog,
                            public ports::StateStore,
                            public ports::StreamLog {
 public:
  struct Options {
    const Clock& clock;  // both outlive the store
    Disk& disk;
    std::size_t queue_batches_max = 8'192;
    std::size_t queue_bytes_max = 64u << 20;
    // Room that only Batch::from_reserve and batches without puts and appends may take; an eighth
    // of the disk if that is less.
    std::uint64_t reserve_bytes = 32u << 20;
  };

  // Opens the store in `folder`, or makes it. Errors: Corrupt (names the file), Conflict (another
  // process has it open), Exhausted (disk full), Unavailable.
  static Result<std::unique_ptr<EmbeddedStore>> open(const std::filesystem::path& folder,
                                                     const Options& options);
  ~EmbeddedStore() override;

  void submit(ports::Batch batch, OnDurable on_durable) override;

  Result<std::optional<ports::Entry>> get(std::string_view key) const override;
  Result<std::vector<ports::Entry>> scan(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const override;

  Result<std::vector<ports::StreamRecord>> read(std::string_view stream, std::uint64_t from,
                                                std::size_t records_max,
                                                std::size_t bytes_max) const override;
  Result<std::uint64_t> next_sequence(std::string_view stream) const override;
  void wait(std::string_view stream, std::uint64_t from,
            std::move_only_function<void()> wake) override;
  Result<> trim(std::string_view stream, std::uint64_t sequence) override;

 private:
  struct Parts;
  explicit EmbeddedStore(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace sextant::adapters
