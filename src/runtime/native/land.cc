#include "runtime/native/land.h"

#include <utility>

namespace sextant::runtime::native {
namespace {

class LandStage final : public sdk::Stage {
 public:
  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override { return emit(std::move(rows)); }
};

class LandPrepared final : public sdk::Prepared {
 public:
  std::unique_ptr<sdk::Stage> start(const sdk::Source&) const override {
    return std::make_unique<LandStage>();
  }
};

}  // namespace

const sdk::Function kLakeLand{
    .id = "lake.land",
    .title = "Land in the lake",
    .summary =
        "Writes rows to their lake tables, in the partition of each row's own date and hour.",
    .status = sdk::Status::Stable,
    .input = sdk::Trust::Untrusted,
    .takes = sdk::Takes::Rows,
    .ends_chain = true,
    .config = {},
    .prepare = [](const sdk::Configuration&) -> Result<std::shared_ptr<const sdk::Prepared>> {
      return std::make_shared<LandPrepared>();
    }};

}  // namespace sextant::runtime::native
