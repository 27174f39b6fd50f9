#include "guard/iam/resource_check.h"

#include <algorithm>
#include <array>

#include "core/strings.h"
#include "core/suggest.h"
#include "guard/iam/request_view.h"
#include "guard/iam/service_data.h"
#include "guard/iam/wildcards.h"

namespace sextant::guard::iam {
namespace {

using Parts = std::array<std::string_view, 6>;

constexpr std::string_view kPartitions[] = {"aws",     "aws-cn",    "aws-us-gov", "aws-eusc",
                                            "aws-iso", "aws-iso-b", "aws-iso-e",  "aws-iso-f"};

bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != text.npos; }

bool is_region(std::string_view text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return plain && std::ranges::count(text, '-') >= 2 && text.back() >= '0' && text.back() <= '9';
}

bool is_account(std::string_view text) {
  return text == "aws" ||
         (text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos);
}

struct Problem {
  std::string message;
  std::string hint;
};

// What of the five fixed parts cannot be; "" when all may be.
Problem problem_in(const Parts& parts) {
  const auto quoted = [](std::string_view text) { return "'" + std::string(text) + "'"; };
  const auto& [arn, partition, service, region, account, resource] = parts;
  if (!has_wildcard(partition) &&
      std::ranges::find(kPartitions, partition) == std::end(kPartitions)) {
    return {"there is no partition " + quoted(partition),
            "an ARN is arn:aws:service:region:account:resource"};
  }
  const auto& prefixes = ServiceData::get().prefixes();
  if (!has_wildcard(service) && !std::ranges::binary_search(prefixes, service))
    return {"there is no service " + quoted(service), did_you_mean(service, prefixes)};
  if (!region.empty() && !has_wildcard(region) && !is_region(region))
    return {quoted(region) + " is no region", {}};
  if (!account.empty() && !has_wildcard(account) && !is_account(account))
    return {quoted(account) + " is no account: it has twelve digits", {}};
  if (resource.empty()) return {"it names no resource", {}};
  return {};
}

// "function" of "function:name" and "role" of "role/name".
std::string_view type_word(std::string_view resource) {
  return resource.substr(0, resource.find_first_of(":/"));
}

std::string nearest_type(std::string_view word, const KnownService& service) {
  std::vector<std::string_view> words;
  for (const auto& type : service.resources) {
    Parts parts;
    if (split_arn(type.arn, parts) && !parts[5].starts_with("${"))
      words.push_back(type_word(parts[5]));
  }
  return did_you_mean(word, words);
}

}  // namespace

std::vector<Finding> ResourceCheck::look_at(const std::string& resource) {
  Parts parts;
  if (resource == "*" || !split_arn(resource, parts)) {
    everything_ = true;
    return {};
  }
  if (auto problem = problem_in(parts); !problem.message.empty()) {
    everything_ = true;  // said once is enough
    return {{.severity = Severity::Warning,
             .code = "MalformedArn",
             .path = {},
             .message = "malformed ARN " + resource + ": " + problem.message,
             .hint = std::move(problem.hint)}};
  }
  const auto* service = ServiceData::get().find(parts[2]);
  if (service == nullptr) {
    everything_ = true;
    return {};
  }
  const auto opened = open_placeholders(resource);
  bool fits = false;
  for (const auto& type : service->resources) {
    if (!may_meet(opened, open_placeholders(type.arn))) continue;
    types_.insert(std::string(parts[2]) + "/" + std::string(type.name));
    fits = true;
  }
  if (fits) return {};
  return {{.code = "InvalidResource",
           .path = {},
           .message = "no resource of " + std::string(parts[2]) + " has an ARN like " + resource,
           .hint = nearest_type(type_word(parts[5]), *service)}};
}

std::string ResourceCheck::problem_of(const std::string& action) const {
  if (everything_ || has_wildcard(action)) return {};
  const auto colon = action.find(':');
  const auto prefix = to_lower(action.substr(0, colon));
  const auto* service = ServiceData::get().find(prefix);
  if (service == nullptr || colon == std::string::npos) return {};
  const auto known = std::ranges::find_if(service->actions, [&](const KnownAction& each) {
    return iequals(each.name, std::string_view(action).substr(colon + 1));
  });
  if (known == service->actions.end()) return {};
  if (known->resource_types.empty()) return action + " works on no single resource: it needs \"*\"";
  const bool fits = std::ranges::any_of(known->resource_types, [&](std::string_view type) {
    return types_.contains(prefix + "/" + std::string(type));
  });
  if (fits) return {};
  return action + " works on none of these resources, but on " + listed(known->resource_types);
}

}  // namespace sextant::guard::iam
