#include "template/names.h"

#include <algorithm>

#include "core/hash.h"

namespace sextant::templates {
namespace {

constexpr std::size_t kSuffixLength = 12;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }

bool only(std::string_view text, std::string_view besides) {
  return std::ranges::all_of(text, [&](char c) { return is_alnum(c) || besides.contains(c); });
}

bool like_an_address(std::string_view name) {
  return std::ranges::count(name, '.') == 3 &&
         std::ranges::all_of(name, [](char c) { return is_digit(c) || c == '.'; });
}

// Twelve characters of A-Z2-7 that depend on all that identifies the resource.
std::string suffix(const StackNames& names, std::string_view logical_id) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string identity = names.scope.account.text() + "/" + names.scope.region.text() + "/" +
                         names.stack + "/" + std::string(logical_id);
  const auto digest = sha256(identity);
  std::string text;
  for (std::size_t i = 0; i < kSuffixLength; ++i) text.push_back(kLetters[digest[i] & 31]);
  return text;
}

std::string shortened(const StackNames& names, std::string_view logical_id, std::size_t each_max) {
  return names.stack.substr(0, each_max) + "-" + std::string(logical_id.substr(0, each_max)) + "-" +
         suffix(names, logical_id);
}

}  // namespace

std::string StackNames::generated(std::string_view logical_id) const {
  return shortened(*this, logical_id, 25);
}

std::string StackNames::generated_bucket(std::string_view logical_id) const {
  std::string name = shortened(*this, logical_id, 24);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

std::string StackNames::function_arn(std::string_view name) const {
  return "arn:aws:lambda:" + scope.region.text() + ":" + scope.account.text() +
         ":function:" + std::string(name);
}
std::string StackNames::role_arn(std::string_view path, std::string_view name) const {
  return "arn:aws:iam::" + scope.account.text() + ":role" + std::string(path) + std::string(name);
}
std::string StackNames::policy_arn(std::string_view path, std::string_view name) const {
  return "arn:aws:iam::" + scope.account.text() + ":policy" + std::string(path) + std::string(name);
}
std::string StackNames::database_arn(std::string_view name) const {
  return "arn:aws:glue:" + scope.region.text() + ":" + scope.account.text() + ":database/" +
         std::string(name);
}
std::string StackNames::table_arn(std::string_view database, std::string_view name) const {
  return "arn:aws:glue:" + scope.region.text() + ":" + scope.account.text() + ":table/" +
         std::string(database) + "/" + std::string(name);
}
std::string StackNames::bucket_arn(std::string_view name) {
  return "arn:aws:s3:::" + std::string(name);
}

const char* bucket_name_problem(std::string_view name) {
  if (name.size() < 3 || name.size() > 63) return "a bucket's name has 3 to 63 characters";
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.'; };
  if (!std::ranges::all_of(name, allowed))
    return "a bucket's name has lower-case letters, digits, '-' and '.' only";
  const auto ends = [](char c) { return is_lower(c) || is_digit(c); };
  if (!ends(name.front()) || !ends(name.back()))
    return "a bucket's name begins and ends with a letter or digit";
  if (name.contains("..") || like_an_address(name))
    return "a bucket's name has no two dots in a row and is no IP address";
  if (name.starts_with("xn--") || name.ends_with("-s3alias"))
    return "'xn--' in front and '-s3alias' at the end are reserved";
  return nullptr;
}

const char* function_name_problem(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= 64 && only(name, "-_");
  return fine ? nullptr : "a function's name has 1 to 64 letters, digits, '-' and '_'";
}

const char* role_name_problem(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= 64 && only(name, "_+=,.@-");
  return fine ? nullptr : "a role's name has 1 to 64 letters, digits and '_+=,.@-'";
}

const char* policy_name_problem(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= 128 && only(name, "_+=,.@-");
  return fine ? nullptr : "a policy's name has 1 to 128 letters, digits and '_+=,.@-'";
}

const char* lake_name_problem(std::string_view name) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '_'; };
  const bool fine = !name.empty() && name.size() <= 128 && is_lower(name.front()) &&
                    std::ranges::all_of(name, allowed);
  return fine ? nullptr
              : "it has 1 to 128 lower-case letters, digits and '_', and begins with a letter";
}

const char* iam_path_problem(std::string_view path) {
  const bool fine =
      path.size() <= 512 && path.starts_with('/') && path.ends_with('/') && only(path, "/_+=,.@-");
  if (!fine) return "a path begins and ends with '/' and has letters, digits and '_+=,.@-'";
  return path.starts_with("/aws-service-role/")
             ? "/aws-service-role/ is reserved for service-linked roles"
             : nullptr;
}

}  // namespace sextant::templates
