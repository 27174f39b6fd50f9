#include "store/scope_record.h"

#include "core/wire.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

constexpr std::uint8_t kVersion = 1;

std::string encode(const Scope& scope) {
  return wire::Writer(kVersion).text(1, scope.account.text()).text(2, scope.region.text()).finish();
}

Result<Scope> decode(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  Scope scope;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: scope.account = AccountId(std::string(reader.text())); break;
      case 2: scope.region = Region(std::string(reader.text())); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return scope;
}

}  // namespace

Result<> claim_for(const Scope& scope, const ports::StateStore& state, ports::CommitLog& log) {
  const auto key = keys::data_scope();
  SX_TRY_AS(const auto stored, state.get(key));
  if (!stored) {
    ports::Batch batch;
    batch.conditions.push_back({.key = key});
    batch.puts.push_back({.key = key, .value = encode(scope)});
    SX_TRY(ports::commit(log, std::move(batch)));
    return {};
  }
  SX_TRY_AS(const auto owner, within("whose data folder it is", decode(stored->value)));
  if (owner == scope) return {};
  return fail(Code::Invalid, "it belongs to account " + owner.account.text() + " in " +
                                 owner.region.text() + ": start the node with --account " +
                                 owner.account.text() + " --region " + owner.region.text() +
                                 ", or give it another --data");
}

}  // namespace sextant::store
