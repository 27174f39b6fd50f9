#pragma once
// The resources of one statement against what services know: malformed ARNs, ARNs of no resource
// type, and actions that none of the resources is for.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "guard/iam/validate.h"

namespace sextant::guard::iam {

class ResourceCheck {
 public:
  // Findings without a path.
  std::vector<Finding> look_at(const std::string& resource);
  // Why an action (no pattern) has none of the resources looked at; "" when it has, or when its
  // service is not known.
  std::string problem_of(const std::string& action) const;

 private:
  bool everything_ = false;      // "*", or an ARN of any service
  std::set<std::string> types_;  // "s3/bucket"
};

}  // namespace sextant::guard::iam
