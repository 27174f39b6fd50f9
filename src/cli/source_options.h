#pragma once
// Where logs come from that are in another S3 than the node's: as AWS's tools would find it, but
// never through the variables of a shell in which `sextant env` made them the node's.
#include <string>
#include <string_view>

#include "cli/aws_client.h"
#include "cli/environment.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sextant::cli {

struct SourceOptions {
  std::string endpoint_url;  // --source-endpoint-url: S3 and STS; "": AWS
  std::string sts_endpoint_url;
  std::string region;
  std::string ca_file;  // "": whom the system trusts
  std::string profile;
  std::string role_arn;
  std::string external_id;
};

void add_source_options(CLI::App& command, SourceOptions& options);

// AWS_ENDPOINT_URL says that the AWS_… variables of this shell are a node's.
bool shell_is_a_nodes(const Environment& environment);

// With what the shell says where an option is not given; the region is never empty.
SourceOptions resolved(SourceOptions options, const Environment& environment);

// "https://sts.eu-west-1.amazonaws.com"
std::string aws_url(std::string_view host, std::string_view region);

// As in a host's name: letters, digits and hyphens.
bool is_region_name(std::string_view text);

}  // namespace sextant::cli
