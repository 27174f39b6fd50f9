#include "guard/request_conditions.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "core/strings.h"
#include "core/time_text.h"
#include "guard/iam/service_data.h"
#include "guard/signature_text.h"

namespace sextant::guard {
namespace {

constexpr std::string_view kPrefix = "s3:";

// The headers that IAM knows as keys of S3: "x-amz-acl".
const std::set<std::string, std::less<>>& known_headers() {
  static const auto known = [] {
    std::set<std::string, std::less<>> names;
    for (const auto& key : iam::ServiceData::get().find("s3")->keys) {
      const auto name = key.name.substr(kPrefix.size());
      if (name.starts_with("x-amz-")) names.emplace(name);
    }
    return names;
  }();
  return known;
}

std::string_view header(const SignedRequest& request, std::string_view name) {
  const auto found = std::ranges::find_if(
      request.headers, [&](const auto& each) { return iequals(each.first, name); });
  return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
}

void add_signature(const SignedRequest& request, Time now, sdk::ConditionContext& context) {
  const bool by_header = !header(request, "authorization").empty();
  if (!by_header && !is_presigned(request.query)) return;  // anonymous
  context["s3:authType"] = {by_header ? "REST-HEADER" : "REST-QUERY-STRING"};
  context["s3:signatureversion"] = {"AWS4-HMAC-SHA256"};
  auto date = std::string(header(request, "x-amz-date"));
  if (!by_header) {
    const auto claim = parse_presigned(request.query);
    if (!claim) return;
    date = claim->amz_date;
  }
  const auto signed_at = parse_iso8601_basic(date);
  if (!signed_at) return;
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - *signed_at);
  context["s3:signatureAge"] = {std::to_string(std::max<std::int64_t>(age.count(), 0))};
}

}  // namespace

sdk::ConditionContext request_conditions(const SignedRequest& request, std::string_view service,
                                         Time now) {
  sdk::ConditionContext context;
  if (const auto referer = header(request, "referer"); !referer.empty())
    context["aws:referer"] = {std::string(referer)};
  if (service != "s3") return context;
  add_signature(request, now, context);
  for (const auto& [name, value] : request.headers) {
    const auto lower = to_lower(name);
    if (known_headers().contains(lower)) context[std::string(kPrefix) + lower].push_back(value);
  }
  return context;
}

}  // namespace sextant::guard
