#include "cli/source_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <initializer_list>

namespace sextant::cli {
namespace {

constexpr const char* kGroup = "Logs elsewhere (s3://, --queue)";

void fill(std::string& option, const Environment& environment,
          std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (option.empty()) option = environment(name);
  }
}

}  // namespace

void add_source_options(CLI::App& command, SourceOptions& options) {
  const auto add = [&command](const char* name, std::string& value, const char* help) {
    return command.add_option(name, value, help)->group(kGroup);
  };
  add("--source-profile", options.profile,
      "Profile of the AWS credentials file (default: AWS_ACCESS_KEY_ID, AWS_PROFILE, web identity, "
      "container, EC2 instance, in this order)");
  auto* role =
      add("--source-role-arn", options.role_arn, "Role to assume for reading bucket and queue");
  add("--source-external-id", options.external_id, "External id that the role asks for")
      ->needs(role);
  add("--source-region", options.region, "Region of bucket and queue (default: AWS_REGION)");
  add("--source-endpoint-url", options.endpoint_url,
      "S3 and STS that are not AWS's (default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_STS)");
  add("--source-ca-file", options.ca_file,
      "Certificates (PEM) to trust there instead of the system's");
}

bool shell_is_a_nodes(const Environment& environment) {
  return !environment("AWS_ENDPOINT_URL").empty();
}

SourceOptions resolved(SourceOptions options, const Environment& environment) {
  options.sts_endpoint_url = options.endpoint_url;
  fill(options.endpoint_url, environment, {"AWS_ENDPOINT_URL_S3"});
  fill(options.sts_endpoint_url, environment, {"AWS_ENDPOINT_URL_STS"});
  if (!shell_is_a_nodes(environment)) {
    fill(options.region, environment, {"AWS_REGION", "AWS_DEFAULT_REGION"});
    fill(options.ca_file, environment, {"AWS_CA_BUNDLE", "SSL_CERT_FILE"});
  }
  if (options.region.empty()) options.region = "us-east-1";
  return options;
}

std::string aws_url(std::string_view host, std::string_view region) {
  return "https://" + std::string(host) + "." + std::string(region) + ".amazonaws.com" +
         (region.starts_with("cn-") ? ".cn" : "");
}

bool is_region_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace sextant::cli
