#pragma once
// Where the batches of a kind go: a bucket, and keys there, that a deployed function waits for.
// Pure.
#include <string>
#include <string_view>

#include "core/result.h"
#include "store/configuration.h"
#include "store/intake_records.h"

namespace sextant::services::intake {

struct Destination {
  std::string bucket;
  std::string prefix;  // of the keys, with the source's name
  std::string suffix;
};

// `bucket` may be empty: then it is the one whose function has the stage "parsers.<kind>". Errors:
// NotFound (no function takes what is put there), Invalid (several buckets do: says which).
Result<Destination> find_destination(const store::Configuration& configuration,
                                     std::string_view source, std::string_view kind,
                                     const std::string& bucket);

}  // namespace sextant::services::intake
