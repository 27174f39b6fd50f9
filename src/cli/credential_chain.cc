#include "cli/credential_chain.h"

#include <chrono>
#include <functional>
#include <utility>

namespace sextant::cli {
namespace {

constexpr std::chrono::minutes kRenewBefore{5};
constexpr std::chrono::minutes kLookAgainAfter{5};  // at a file, which somebody may have changed
constexpr std::chrono::seconds kTryAgainAfter{20};  // while those of before hold

}  // namespace

CredentialChain::CredentialChain(SourceOptions options, Environment environment, const Clock& clock)
    : options_(std::move(options)), environment_(std::move(environment)), clock_(clock) {}

Result<sigv4::Credentials> CredentialChain::keys() {
  std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  if (found_ && now < look_again_) return found_->keys;
  auto found = find();
  if (found) {
    found_ = std::move(*found);
    look_again_ = found_->expires ? *found_->expires - kRenewBefore : now + kLookAgainAfter;
    return found_->keys;
  }
  const bool holds = found_ && (!found_->expires || now < *found_->expires);
  if (!holds) return std::unexpected(std::move(found).error());
  look_again_ = now + kTryAgainAfter;
  return found_->keys;
}

Result<TemporaryCredentials> CredentialChain::find() const {
  SX_TRY_AS(auto own, find_own());
  if (options_.role_arn.empty()) return own;
  return assume_role(options_, own.keys);
}

Result<TemporaryCredentials> CredentialChain::find_own() const {
  if (!options_.profile.empty()) return keys_of_file(environment_, options_.profile);
  using Place = std::function<Result<TemporaryCredentials>()>;
  const Place places[] = {[&] { return keys_of_environment(environment_); },
                          [&] { return keys_of_file(environment_, {}); },
                          [&] { return keys_of_web_identity(environment_, options_); },
                          [&] { return keys_of_container(environment_); },
                          [&] { return keys_of_instance(environment_); }};
  for (const auto& place : places) {
    auto found = place();
    if (found || found.error().code != Code::NotFound) return found;
  }
  return fail(Code::NotFound,
              std::string("no credentials for the source: not in the environment") +
                  (shell_is_a_nodes(environment_) ? " (its AWS_… variables are the node's)" : "") +
                  ", the AWS credentials file, a web identity, a container, or an EC2 instance; "
                  "--source-profile names a profile");
}

}  // namespace sextant::cli
