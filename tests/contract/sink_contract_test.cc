// links: adapters
#include "tests/contract/sink_contract.h"
#include "adapters/faulty/sink.h"
#include "adapters/memory/sink.h"

namespace sextant::contract {
namespace {

struct MemorySinkTraits {
  // The memory sink has no field types, so it refuses only what is no JSON object.
  static constexpr bool kChecksFieldTypes = false;
  adapters::MemorySink sink;
};

struct FaultySinkTraits {  // when nothing fails
  static constexpr bool kChecksFieldTypes = false;
  SystemClock clock;
  adapters::Faults faults{1, {}, clock};
  adapters::MemorySink inner;
  adapters::FaultySink sink{inner, faults};
};

using AllSinks = testing::Types<MemorySinkTraits, FaultySinkTraits>;
INSTANTIATE_TYPED_TEST_SUITE_P(All, SinkContract, AllSinks);

}  // namespace
}  // namespace sextant::contract
