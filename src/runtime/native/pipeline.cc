#include "runtime/native/pipeline.h"

#include <algorithm>

#include "core/function_code.h"
#include "core/hash.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "runtime/native/find_stage.h"
#include "runtime/native/land.h"
#include "runtime/native/run.h"

namespace sextant::runtime::native {
namespace {

std::string suggestion(const sdk::Catalogue& catalogue, std::string_view id) {
  std::vector<std::string_view> known;
  for (const auto* function : catalogue.all()) {
    if (!is_open(function->id)) known.push_back(function->id);
  }
  const auto nearest = did_you_mean(id, known);
  return nearest.empty() ? nearest : "; " + nearest;
}

Result<std::vector<const sdk::Function*>> parse_chain(const sdk::Catalogue& catalogue,
                                                      std::string_view handler) {
  std::vector<const sdk::Function*> chain;
  for (const auto piece : split(handler, '|')) {
    const auto id = trim(piece);
    const auto* function = find_stage(catalogue, id);
    if (function == nullptr) {
      return fail(Code::Invalid,
                  "there is no function '" + std::string(id) + "'" + suggestion(catalogue, id));
    }
    if ((function->takes == sdk::Takes::Rows) == chain.empty()) {
      return fail(Code::Invalid,
                  "'" + std::string(id) +
                      (chain.empty() ? "' takes rows: a chain begins with a parser"
                                     : "' takes text: it can only be the first of a chain"));
    }
    if (!chain.empty() && chain.back()->id == kLakeLand.id) {
      return fail(Code::Invalid,
                  "'" + std::string(kLakeLand.id) + "' must be the last of the chain");
    }
    if (!chain.empty() && chain.back()->ends_chain && !function->ends_chain) {
      return fail(Code::Invalid, "behind '" + std::string(chain.back()->id) +
                                     "' only a stage can stand that stores rows too");
    }
    chain.push_back(function);
  }
  if (!chain.back()->ends_chain) {
    return fail(Code::Invalid,
                "the chain's rows go nowhere: end it with '|" + std::string(kLakeLand.id) + "'");
  }
  return chain;
}

}  // namespace

bool waits_outside(const sdk::Catalogue& catalogue, std::string_view handler) {
  return std::ranges::any_of(split(handler, '|'), [&](std::string_view piece) {
    const auto* function = find_stage(catalogue, trim(piece));
    return function != nullptr && function->waits_outside;
  });
}

Result<> check_handler(const sdk::Catalogue& catalogue, std::string_view handler) {
  SX_TRY(parse_chain(catalogue, handler));
  return {};
}

std::expected<std::shared_ptr<const Pipeline>, Failure> Pipeline::prepare(
    const sdk::Catalogue& catalogue, const model::Function& function,
    const std::string& data_folder) {
  SX_TRY_AS(const auto chain, parse_chain(catalogue, function.handler));
  auto pipeline = std::make_shared<Pipeline>();
  std::string identity = function.handler + '\0';
  for (const auto& [name, value] : function.environment) identity += name + '\0' + value + '\0';
  sdk::Configuration configuration{function.environment, data_folder};
  configuration.variables[std::string(kStageVariable)] = trim(split(function.handler, '|').front());
  for (std::size_t i = 0; i < chain.size(); ++i) {
    configuration.is_last = i + 1 == chain.size();
    auto prepared = within(chain[i]->id, chain[i]->prepare(configuration));
    if (!prepared) return std::unexpected(Failure(prepared.error(), std::string(chain[i]->id)));
    identity += (*prepared)->data_hash() + '\0';
    pipeline->steps_.push_back({chain[i], std::move(*prepared)});
  }
  pipeline->revision_ = sha256_hex(identity).substr(0, 16);
  return pipeline;
}

bool Pipeline::stale() const {
  return std::ranges::any_of(steps_, [](const Step& step) { return step.prepared->stale(); });
}

std::vector<sdk::OutsideCall> Pipeline::outside_calls() const {
  std::vector<sdk::OutsideCall> all;
  for (const auto& step : steps_) {
    for (auto& call : step.prepared->outside_calls()) all.push_back(std::move(call));
  }
  return all;
}

bool Pipeline::reads_inventory() const {
  return std::ranges::any_of(steps_,
                             [](const Step& step) { return step.prepared->reads_inventory(); });
}

std::expected<Report, Failure> Pipeline::run(const sdk::Source& source, const ReadBytes& read,
                                             const Outputs& outputs,
                                             const RunLimits& limits) const {
  return Run(*this, source, outputs, limits).go(read);
}

}  // namespace sextant::runtime::native
