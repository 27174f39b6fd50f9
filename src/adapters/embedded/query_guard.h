#pragma once
// Which functions a query may call. DuckDB's own lock on files leaves holes (enable_logging() as a
// table function writes where it is told), so only table functions known to be harmless pass.
#include <string>

#include "adapters/embedded/query_session.h"
#include "core/result.h"

namespace sextant::adapters {

// Before the session is shut. Denied (names the function); Invalid: DuckDB cannot tell what it
// calls.
Result<> check_functions(QuerySession& session, const std::string& sql);

}  // namespace sextant::adapters
