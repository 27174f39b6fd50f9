#include "sdk/function.h"

namespace sextant::sdk {

Result<> Stage::text(const TextBlock&, const Emit&) {
  return fail(Code::Invalid, "this stage takes rows: put a parser before it in the chain");
}

Result<> Stage::rows(Rows, const Emit&) {
  return fail(Code::Invalid, "this stage takes text: it can only be the first of the chain");
}

Result<> Stage::damaged(std::uint64_t offset, std::string_view reason, const Emit&) {
  return fail(Code::Invalid, "the object cannot be read from byte " + std::to_string(offset) +
                                 " on: " + std::string(reason));
}

Result<> Stage::finish(const Emit&) { return {}; }

std::vector<InventorySnapshot> Stage::take_snapshots() { return {}; }

}  // namespace sextant::sdk
