#pragma once
// One pass of one delivery through a pipeline: the state that Pipeline::run needs while it lasts.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/inflate.h"
#include "runtime/native/pipeline.h"
#include "sdk/text_blocks.h"

namespace sextant::runtime::native {

class Run {
 public:
  Run(const Pipeline& pipeline, const sdk::Source& source, const Outputs& outputs,
      const RunLimits& limits);
  std::expected<Report, Failure> go(const ReadBytes& read);

 private:
  Result<> read_all(const ReadBytes& read);
  Result<> take_compressed(std::string_view bytes);
  Result<> take_text(std::string_view bytes);
  Result<> block(const sdk::TextBlock& block);
  Result<> finish_stages();
  Result<> damaged(const Error& why);
  Result<> emit_from(std::size_t stage, sdk::Rows rows);

  // Runs `work` as stage's, charging it the CPU time and, if it is the first to fail, the failure.
  template <typename Work>
  Result<> as_stage(std::size_t stage, Work&& work);

  const sdk::Source& source_;
  const Outputs& outputs_;
  const RunLimits& limits_;
  const Time started_;
  std::vector<std::unique_ptr<sdk::Stage>> stages_;
  std::vector<bool> waits_;       // stages_[i] waits for systems outside
  Duration waited_{0};            // in those; the deadline is that much later
  std::vector<sdk::Emit> emits_;  // emits_[i]: where stage i's rows go
  Report report_;
  std::vector<std::uint64_t> nanos_;  // of CPU, charged to each stage
  std::string failed_stage_;
  std::optional<std::size_t> running_;  // the stage that is charged now
  std::uint64_t charged_until_ = 0;     // thread CPU time, nanoseconds
  std::unique_ptr<Inflater> inflater_;
  std::string inflated_;
  sdk::TextBlocks blocks_;
  std::uint64_t text_bytes_ = 0;  // decompressed so far
  std::optional<Error> damage_;
};

}  // namespace sextant::runtime::native
