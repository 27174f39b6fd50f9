#pragma once
// What the commands that only ask and show have in common: get JSON from an endpoint, print it as
// it is or as a table.
#include <boost/json/object.hpp>
#include <functional>
#include <string>

#include "cli/exit_code.h"
#include "cli/node_client.h"

namespace sextant::cli {

// GET /_sextant/<path>?<query> as an object. Errors: as NodeClient::call; Corrupt (no JSON object).
Result<boost::json::object> get_json(NodeClient& client, const std::string& path,
                                     const std::string& query = {});

using AsText = std::function<std::string(const boost::json::object&)>;

// Prints: with --output json the node's own answer, else what `as_text` makes of it.
void print(const NodeOptions& options, const boost::json::object& answer, const AsText& as_text);

// get_json(), then print().
ExitCode show(const NodeOptions& options, const std::string& path, const std::string& query,
              const AsText& as_text);

// A member as text for a table's cell; numbers with thousands grouped.
std::string cell(const boost::json::object& object, std::string_view name);

}  // namespace sextant::cli
