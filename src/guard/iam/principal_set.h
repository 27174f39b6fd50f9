#pragma once
// The Principal or NotPrincipal element of a resource-based policy. Source:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html.
#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "core/result.h"
#include "sdk/call.h"

namespace sextant::guard::iam {

// How closely a Principal element names a caller; later ones say more.
enum class Naming {
  None,
  Account,  // its account: only lets that account's own policies decide
  Role,     // the role behind its session: as an identity policy would
  Direct,   // the caller itself, or everyone
};

class PrincipalSet {
 public:
  // Invalid: an unknown kind of principal, a wildcard inside an ARN, a malformed one.
  static Result<PrincipalSet> parse(const boost::json::value& value);

  Naming names(const sdk::Principal& principal) const;
  // Every name that the principal has is listed: what exempts from Deny + NotPrincipal.
  bool names_wholly(const sdk::Principal& principal) const;

 private:
  Result<> add(std::string_view kind, const std::string& text);
  Result<> add_aws(const std::string& text);
  bool has_account(const sdk::Principal& principal) const;

  bool everyone_ = false;
  std::vector<std::string> accounts_;
  std::vector<std::string> arns_;
  std::vector<std::string> unique_ids_;  // AIDA…, AROA…
  std::vector<std::string> services_;
};

}  // namespace sextant::guard::iam
