#include "runtime/native/pipeline.h"

#include <algorithm>

#include "core/hash.h"
#include "core/strings.h"
#include "runtime/native/land.h"
#include "runtime/native/run.h"

namespace sextant::runtime::native {
namespace {

// Levenshtein's distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

std::string nearest(const sdk::Catalogue& catalogue, std::string_view id) {
  const auto far = [&](const sdk::Function* function) { return distance(function->id, id); };
  const auto all = catalogue.all();
  const auto found = std::ranges::min_element(all, {}, far);
  return found == all.end() ? std::string() : std::string((*found)->id);
}

Result<std::vector<const sdk::Function*>> parse_chain(const sdk::Catalogue& catalogue,
                                                      std::string_view handler) {
  std::vector<const sdk::Function*> chain;
  for (const auto piece : split(handler, '|')) {
    const auto id = trim(piece);
    const auto* function = catalogue.find(id);
    if (function == nullptr) {
      return fail(Code::Invalid, "there is no function '" + std::string(id) + "'; did you mean '" +
                                     nearest(catalogue, id) + "'?");
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
    chain.push_back(function);
  }
  if (chain.back()->id != kLakeLand.id) {
    return fail(Code::Invalid,
                "the chain's rows go nowhere: end it with '|" + std::string(kLakeLand.id) + "'");
  }
  return chain;
}

}  // namespace

Result<> check_handler(const sdk::Catalogue& catalogue, std::string_view handler) {
  SX_TRY(parse_chain(catalogue, handler));
  return {};
}

Result<std::shared_ptr<const Pipeline>> Pipeline::prepare(const sdk::Catalogue& catalogue,
                                                          const model::Function& function,
                                                          const std::string& data_folder) {
  SX_TRY_AS(const auto chain, parse_chain(catalogue, function.handler));
  auto pipeline = std::make_shared<Pipeline>();
  std::string identity = function.handler + '\0';
  for (const auto& [name, value] : function.environment) identity += name + '\0' + value + '\0';
  const sdk::Configuration configuration{function.environment, data_folder};
  for (const auto* stage : chain) {
    SX_TRY_AS(auto prepared, within(stage->id, stage->prepare(configuration)));
    identity += prepared->data_hash() + '\0';
    pipeline->steps_.push_back({stage, std::move(prepared)});
  }
  pipeline->revision_ = sha256_hex(identity).substr(0, 16);
  return pipeline;
}

bool Pipeline::stale() const {
  return std::ranges::any_of(steps_, [](const Step& step) { return step.prepared->stale(); });
}

std::expected<Report, Failure> Pipeline::run(const sdk::Source& source, const ReadBytes& read,
                                             const Outputs& outputs,
                                             const RunLimits& limits) const {
  return Run(*this, source, outputs, limits).go(read);
}

}  // namespace sextant::runtime::native
