#pragma once
// Texts that become several columns, for log types (Split functions of field_readers.h).
#include <span>
#include <string_view>

#include "intel/parsers/line_reader.h"

namespace sextant::intel {

// "GET /a?b HTTP/1.1": method, URL, version; scheme, domain, port, path and query of the URL.
const char* split_request_line(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// The URL itself, and scheme, domain, port, path and query of it.
const char* split_url(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// The JSON text itself, and json_flatten.h's text of it.
const char* split_json(std::string_view, const ObjectFacts&, std::span<std::string_view>);

}  // namespace sextant::intel
