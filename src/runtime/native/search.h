#pragma once
// `search.index`, the stage that puts rows into a search engine, beside the lake
// ("…|search.index|lake.land") or instead of it ("…|search.index"). Each row is a document whose id
// comes from the object's version and the row's offset, in the index of its own day: a delivery
// that is repeated adds nothing. The delivery succeeds only when its documents are in.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "ports/sink.h"
#include "sdk/function.h"

namespace sextant::runtime::native {

inline constexpr std::string_view kSearchIndexId = "search.index";
// Rows that the search engine will never take, with the reason and the document.
inline constexpr std::string_view kDeadLetterTable = "search_dead_letters";

// The sink of a domain, for indices "<prefix>-…". `file` is what the node's owner says of the
// domain. Errors: NotFound, Invalid, Denied, Unavailable: a later try may go better.
using OpenSink = std::function<Result<std::unique_ptr<ports::Sink>>(const std::string& file,
                                                                    const std::string& prefix)>;

struct SearchParts {
  OpenSink open;
  Clock& clock;  // outlives the function
};

// "<data folder>/search/<domain>.json"
std::string search_domain_file(const std::string& data_folder, std::string_view domain);

sdk::Function search_index_function(SearchParts parts);

}  // namespace sextant::runtime::native
