#include "guard/keys/intake_tokens.h"

#include <algorithm>
#include <utility>

#include "core/hash.h"
#include "core/random.h"
#include "store/keys.h"

namespace sextant::guard {
namespace {

constexpr std::string_view kPrefix = "sxi_";
constexpr std::size_t kIdBytes = kPrefix.size() + 16;
constexpr std::size_t kTokenBytes = kIdBytes + 1 + 64;

std::string raw_sha256(std::string_view text) {
  const auto digest = sha256(text);
  return {digest.begin(), digest.end()};
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

IntakeToken make_intake_token() {
  IntakeToken token;
  token.id = std::string(kPrefix) + random_hex(8);
  token.text = token.id + "_" + random_hex(32);
  token.sha256 = raw_sha256(token.text);
  return token;
}

std::string_view intake_token_id(std::string_view token) {
  if (token.size() != kTokenBytes || !token.starts_with(kPrefix) || token[kIdBytes] != '_')
    return {};
  const auto id = token.substr(0, kIdBytes);
  if (!is_hex(id.substr(kPrefix.size())) || !is_hex(token.substr(kIdBytes + 1))) return {};
  return id;
}

Result<std::unique_ptr<IntakeTokens>> IntakeTokens::open(Scope scope,
                                                         const ports::StateStore& state) {
  std::unique_ptr<IntakeTokens> tokens(new IntakeTokens(std::move(scope), state));
  const auto prefix = store::keys::intake_sources(tokens->scope_);
  Snapshot all;
  SX_TRY(ports::for_each(state, prefix, [&](const ports::Entry& entry) -> Result<> {
    SX_TRY_AS(auto source, within(entry.key, store::decode_intake_source(entry.value)));
    const auto shared = std::make_shared<const store::IntakeSource>(std::move(source));
    all.by_token_id[shared->token_id] = shared;
    all.by_name[shared->name] = shared;
    return {};
  }));
  tokens->snapshot_.with(
      [&](auto& current) { current = std::make_shared<const Snapshot>(std::move(all)); });
  return tokens;
}

std::shared_ptr<const IntakeTokens::Snapshot> IntakeTokens::snapshot() const {
  return snapshot_.with([](const auto& current) { return current; });
}

IntakeSourcePtr IntakeTokens::find(std::string_view token) const {
  const auto id = intake_token_id(token);
  if (id.empty()) return nullptr;
  const auto now = snapshot();
  const auto found = now->by_token_id.find(std::string(id));
  if (found == now->by_token_id.end()) return nullptr;
  return equal_constant_time(raw_sha256(token), found->second->token_sha256) ? found->second
                                                                             : nullptr;
}

IntakeSourcePtr IntakeTokens::find_source(std::string_view name) const {
  const auto now = snapshot();
  const auto found = now->by_name.find(std::string(name));
  return found == now->by_name.end() ? nullptr : found->second;
}

std::vector<IntakeSourcePtr> IntakeTokens::all() const {
  const auto now = snapshot();
  std::vector<IntakeSourcePtr> sources;
  for (const auto& [name, source] : now->by_name) sources.push_back(source);
  std::ranges::sort(sources, {}, [](const auto& source) { return std::string_view(source->name); });
  return sources;
}

Result<> IntakeTokens::refresh(const std::string& name) {
  SX_TRY_AS(const auto entry, state_.get(store::keys::intake_source(scope_, name)));
  IntakeSourcePtr fresh;
  if (entry) {
    SX_TRY_AS(auto source, within(entry->key, store::decode_intake_source(entry->value)));
    fresh = std::make_shared<const store::IntakeSource>(std::move(source));
  }
  snapshot_.with([&](auto& current) {
    auto next = std::make_shared<Snapshot>(*current);
    if (const auto old = next->by_name.find(name); old != next->by_name.end()) {
      next->by_token_id.erase(old->second->token_id);
      next->by_name.erase(old);
    }
    if (fresh != nullptr) {
      next->by_token_id[fresh->token_id] = fresh;
      next->by_name[name] = fresh;
    }
    current = std::move(next);
  });
  return {};
}

}  // namespace sextant::guard
