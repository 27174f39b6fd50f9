#include "cli/show.h"

#include <boost/json.hpp>
#include <cstdio>

#include "cli/text_table.h"
#include "core/json.h"

namespace sextant::cli {

Result<boost::json::object> get_json(NodeClient& client, const std::string& path,
                                     const std::string& query) {
  SX_TRY_AS(const auto response,
            client.call({.service = "sextant", .path = "/_sextant/" + path, .query = query}));
  SX_TRY_AS(auto value, json::parse(response.body));
  if (!value.is_object()) return fail(Code::Corrupt, "the node's answer is not a JSON object");
  return std::move(value.get_object());
}

void print(const NodeOptions& options, const boost::json::object& answer, const AsText& as_text) {
  const auto text = options.json() ? json::to_pretty_text(answer) + "\n" : as_text(answer);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

ExitCode show(const NodeOptions& options, const std::string& path, const std::string& query,
              const AsText& as_text) {
  auto client = NodeClient::open(options);
  if (!client) return report_usage(client.error());
  const auto answer = get_json(*client, path, query);
  if (!answer) return report(answer.error());
  print(options, *answer, as_text);
  return ExitCode::Ok;
}

std::string cell(const boost::json::object& object, std::string_view name) {
  const auto* value = json::find(object, name);
  if (value == nullptr || value->is_null()) return "";
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_int64() && value->get_int64() >= 0)
    return grouped(static_cast<std::uint64_t>(value->get_int64()));
  if (value->is_uint64()) return grouped(value->get_uint64());
  return json::to_text(*value);
}

}  // namespace sextant::cli
