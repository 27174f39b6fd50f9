#pragma once
// What the node's owner says of a search domain: a JSON file that only he may read. Templates name
// the domain and never see where it is nor its password.
//
//   {"endpoint": "https://search.example:9200", "user": "sextant", "password": "…",
//    "ca_file": "ca.pem", "index_template": false}
#include <filesystem>
#include <string>

#include "adapters/opensearch/sink.h"
#include "core/result.h"

namespace sextant::adapters {

struct DomainFile {
  OpenSearchSettings settings;
  bool puts_template = true;  // "index_template": false leaves templates to whoever runs the domain
};

// ca_file is relative to the file's folder. Errors: NotFound, Invalid (what is wrong in it; a
// password in a file that others may read), Denied, Unavailable.
Result<DomainFile> read_domain_file(const std::filesystem::path& path);
Result<DomainFile> parse_domain_file(std::string_view text, const std::filesystem::path& folder);

}  // namespace sextant::adapters
