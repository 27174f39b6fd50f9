#include "intel/parsers/log_types/splits.h"

#include <string>

#include "intel/parsers/json_flatten.h"
#include "intel/parsers/url.h"

namespace sextant::intel {
namespace {

bool is_null(std::string_view text) { return text.empty() || text == "-"; }

void fill_url(std::string_view url, std::span<std::string_view> parts) {
  const auto cut = cut_url(url);
  parts[0] = cut.scheme;
  parts[1] = cut.domain;
  parts[2] = cut.port;
  parts[3] = cut.path;
  parts[4] = cut.query;
}

}  // namespace

const char* split_request_line(std::string_view value, const ObjectFacts&,
                               std::span<std::string_view> parts) {
  if (is_null(value)) return nullptr;
  const auto request = cut_request(value);
  parts[0] = request.method;
  parts[1] = request.url;
  parts[2] = request.version;
  fill_url(request.url, parts.subspan(3));
  return nullptr;
}

const char* split_url(std::string_view value, const ObjectFacts&,
                      std::span<std::string_view> parts) {
  if (is_null(value)) return nullptr;
  parts[0] = value;
  fill_url(value, parts.subspan(1));
  return nullptr;
}

const char* split_json(std::string_view value, const ObjectFacts&,
                       std::span<std::string_view> parts) {
  thread_local std::string flat;
  if (is_null(value)) return nullptr;
  parts[0] = value;
  flatten_json(value, flat);
  parts[1] = flat;
  return nullptr;
}

}  // namespace sextant::intel
