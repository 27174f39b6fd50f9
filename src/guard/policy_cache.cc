#include "guard/policy_cache.h"

#include <utility>

namespace sextant::guard {

iam::PolicyPtr PolicyCache::compile(std::string_view document, iam::PolicyUse use,
                                    std::string name) {
  std::string key = std::to_string(static_cast<int>(use)) + name;
  key.push_back('\0');
  key.append(document);
  if (const auto known = now_.find(key); known != now_.end()) return known->second;
  auto before = before_.extract(key);
  auto policy =
      before ? std::move(before.mapped()) : iam::policy_or_defect(document, use, std::move(name));
  now_.emplace(std::move(key), policy);
  return policy;
}

void PolicyCache::settle() {
  before_ = std::move(now_);
  now_.clear();
}

}  // namespace sextant::guard
