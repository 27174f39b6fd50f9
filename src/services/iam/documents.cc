#include "services/iam/documents.h"

#include "guard/trusted_principals.h"
#include "services/iam/parameters.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

constexpr std::size_t kDocumentBytesMax = 131'072;

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::Invalid, std::move(message), "MalformedPolicyDocument");
}

}  // namespace

Result<std::string> document_of(const Request& request, std::string_view parameter,
                                guard::iam::PolicyKind kind) {
  SX_TRY_AS(auto document, required(request.parameters, parameter));
  if (document.size() > kDocumentBytesMax)
    return validation_error("1 validation error detected: Value at '" + std::string(parameter) +
                            "' failed to satisfy constraint: Member must have length less than or "
                            "equal to 131072");
  for (const auto& finding : guard::iam::validate(document, kind)) {
    const bool counts =
        finding.severity == guard::iam::Severity::Error && finding.code != "PolicySizeExceeded";
    if (!counts) continue;
    auto text = guard::iam::path_text(finding.path);
    if (!text.empty()) text += ": ";
    text += finding.message;
    if (!finding.hint.empty()) text += " (" + finding.hint + ")";
    return malformed(std::move(text));
  }
  return document;
}

Result<std::map<std::string, std::string>> trusted_ids_of(const Request& request,
                                                          std::string_view trust_policy) {
  const auto own = "arn:aws:iam::" + request.parts.scope.account.text() + ":";
  std::map<std::string, std::string> ids;
  for (const auto& arn : guard::trusted_arns(trust_policy)) {
    if (!arn.starts_with(own)) continue;  // another account's: nobody here can say
    const auto found = store::find_identity_by_arn(request.configuration, arn);
    if (found == nullptr) return malformed("Invalid principal in policy: \"AWS\":\"" + arn + "\"");
    ids.emplace(arn, found->id);
  }
  return ids;
}

}  // namespace sextant::services::iam
