#include "cli/credential_places.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/credentials_file.h"
#include "core/encoding.h"
#include "core/file.h"
#include "core/strings.h"

namespace sextant::cli {
namespace {

constexpr std::chrono::seconds kNearbyTimeMax{2};  // of what answers on this machine or beside it
constexpr std::uint64_t kTokenBytesMax = 64 * 1024;
constexpr std::string_view kSessionName = "sextant-ingest";

std::unexpected<Error> not_in_use() { return fail(Code::NotFound, "not in use"); }

Result<std::string> ask(net::ClientRequest request) {
  request.time_max = kNearbyTimeMax;
  const auto url = request.url;
  SX_TRY_AS(auto response, net::HttpClient().send(request));
  if (response.status != 200)
    return fail(Code::Unavailable, url + ": status " + std::to_string(response.status));
  return std::move(response.body);
}

std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string text = "Version=2011-06-15";
  for (const auto& [name, value] : fields) {
    if (!value.empty()) text += "&" + std::string(name) + "=" + uri_encode(value);
  }
  return text;
}

std::string sts_url(const SourceOptions& options) {
  return options.sts_endpoint_url.empty() ? aws_url("sts", options.region)
                                          : options.sts_endpoint_url;
}

bool may_know_the_token(const net::Url& url) {
  constexpr std::array<std::string_view, 6> kNearby = {
      "localhost", "127.0.0.1", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
  return url.is_tls() || std::ranges::find(kNearby, url.host) != kNearby.end();
}

const std::pair<std::string, std::string> kFormType = {"Content-Type",
                                                       "application/x-www-form-urlencoded"};

}  // namespace

Result<TemporaryCredentials> keys_of_environment(const Environment& environment) {
  if (shell_is_a_nodes(environment)) return not_in_use();
  sigv4::Credentials keys{environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                          environment("AWS_SESSION_TOKEN")};
  if (keys.access_key_id.empty() || keys.secret_access_key.empty()) return not_in_use();
  return TemporaryCredentials{.keys = std::move(keys)};
}

Result<TemporaryCredentials> keys_of_file(const Environment& environment,
                                          const std::string& profile) {
  auto name = profile.empty() ? environment("AWS_PROFILE") : profile;
  const bool is_named = !name.empty();
  if (!is_named) name = "default";
  auto path = environment("AWS_SHARED_CREDENTIALS_FILE");
  if (path.empty()) path = environment("HOME") + "/.aws/credentials";
  auto keys = read_credentials_file(path, name);
  if (keys) return TemporaryCredentials{.keys = std::move(*keys)};
  if (is_named) keys.error().code = Code::Invalid;
  return std::unexpected(std::move(keys).error());
}

Result<TemporaryCredentials> keys_of_web_identity(const Environment& environment,
                                                  const SourceOptions& options) {
  const auto file = environment("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto role = environment("AWS_ROLE_ARN");
  if (file.empty() || role.empty()) return not_in_use();
  auto token = read_file(file, kTokenBytesMax);
  if (!token) return fail(Code::Invalid, "web identity: " + token.error().message);
  net::ClientRequest request{.method = "POST", .url = sts_url(options) + "/"};
  request.headers = {kFormType};
  request.body = form({{"Action", "AssumeRoleWithWebIdentity"},
                       {"RoleArn", role},
                       {"RoleSessionName", kSessionName},
                       {"WebIdentityToken", trim(*token)}});
  request.ca_file = options.ca_file;
  SX_TRY_AS(const auto response, net::HttpClient().send(request));
  if (response.status != 200)
    return within("web identity, role " + role,
                  Result<TemporaryCredentials>(std::unexpected(error_of(response))));
  return parse_assumed_role(response.body);
}

Result<TemporaryCredentials> keys_of_container(const Environment& environment) {
  auto url = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (!url.empty()) {
    url = "http://169.254.170.2" + url;
  } else {
    url = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (url.empty()) return not_in_use();
  }
  SX_TRY_AS(const auto parsed, within("container credentials", net::parse_url(url)));
  if (!may_know_the_token(parsed))
    return fail(Code::Invalid, "container credentials: " + url + " needs https");
  auto token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    auto read = read_file(file, kTokenBytesMax);
    if (!read) return fail(Code::Invalid, "container credentials: " + read.error().message);
    token = trim(*read);
  }
  net::ClientRequest request{.url = url};
  if (!token.empty()) request.headers.emplace_back("Authorization", token);
  SX_TRY_AS(const auto answer, within("container credentials", ask(std::move(request))));
  return within("container credentials", parse_credentials_json(answer));
}

Result<TemporaryCredentials> keys_of_instance(const Environment& environment) {
  if (iequals(environment("AWS_EC2_METADATA_DISABLED"), "true")) return not_in_use();
  auto base = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = "http://169.254.169.254";
  while (base.ends_with('/')) base.pop_back();
  const auto token = ask({.method = "PUT",
                          .url = base + "/latest/api/token",
                          .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}});
  if (!token) return not_in_use();
  const net::Headers headers = {{"X-aws-ec2-metadata-token", *token}};
  const auto roles = base + "/latest/meta-data/iam/security-credentials/";
  SX_TRY_AS(const auto role,
            within("the instance's role", ask({.url = roles, .headers = headers})));
  const auto name = split(trim(role), '\n').front();
  SX_TRY_AS(const auto answer,
            within("the instance's role",
                   ask({.url = roles + uri_encode(trim(name)), .headers = headers})));
  return within("the instance's role", parse_credentials_json(answer));
}

Result<TemporaryCredentials> assume_role(const SourceOptions& options,
                                         const sigv4::Credentials& own) {
  const auto context = "assume role " + options.role_arn;
  SX_TRY_AS(auto sts,
            within(context, AwsClient::open({.url = sts_url(options),
                                             .region = options.region,
                                             .ca_file = options.ca_file},
                                            [own] { return Result<sigv4::Credentials>(own); })));
  AwsClient::Call call{.service = "sts", .method = "POST"};
  call.headers = {kFormType};
  call.body = form({{"Action", "AssumeRole"},
                    {"RoleArn", options.role_arn},
                    {"RoleSessionName", kSessionName},
                    {"ExternalId", options.external_id}});
  SX_TRY_AS(const auto response, within(context, sts.call(std::move(call))));
  return within(context, parse_assumed_role(response.body));
}

}  // namespace sextant::cli
