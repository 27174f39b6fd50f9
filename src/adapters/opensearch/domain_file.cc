#include "adapters/opensearch/domain_file.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "core/suggest.h"

namespace sextant::adapters {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 5> kMembers{"endpoint", "user", "password", "ca_file",
                                                   "index_template"};
constexpr std::uint64_t kFileBytesMax = 64 * 1024;

Result<> check_members(const json::Object& object) {
  for (const auto& member : object) {
    const std::string_view name = member.key();
    if (std::ranges::find(kMembers, name) == kMembers.end()) {
      return fail(Code::Invalid, "there is no member '" + std::string(name) + "'; " +
                                     did_you_mean(name, {kMembers.begin(), kMembers.end()}));
    }
    const bool fits =
        name == "index_template" ? member.value().is_bool() : member.value().is_string();
    if (!fits) return fail(Code::Invalid, "'" + std::string(name) + "' has another type");
  }
  if (!object.contains("endpoint")) return fail(Code::Invalid, "it has no 'endpoint'");
  if (object.contains("user") != object.contains("password"))
    return fail(Code::Invalid, "'user' and 'password' come together");
  return {};
}

bool others_may_read(const fs::path& path) {
  std::error_code failed;
  const auto mode = fs::status(path, failed).permissions();
  using enum fs::perms;
  return failed || (mode & (group_all | others_all)) != none;
}

}  // namespace

Result<DomainFile> parse_domain_file(std::string_view text, const fs::path& folder) {
  SX_TRY_AS(const auto value, json::parse(text));
  const auto* object = value.if_object();
  if (object == nullptr) return fail(Code::Invalid, "it is no JSON object");
  SX_TRY(check_members(*object));
  DomainFile file;
  file.settings.endpoint = json::text_or(*object, "endpoint");
  file.settings.user = json::text_or(*object, "user");
  file.settings.password = json::text_or(*object, "password");
  if (const auto name = json::text_or(*object, "ca_file"); !name.empty())
    file.settings.ca_file = (folder / name).string();
  if (const auto* puts = json::find(*object, "index_template"))
    file.puts_template = puts->get_bool();
  if (file.settings.user.contains(':')) return fail(Code::Invalid, "'user' cannot have a colon");
  return file;
}

Result<DomainFile> read_domain_file(const fs::path& path) {
  const auto name = "search domain file '" + path.string() + "'";
  SX_TRY_AS(const auto text, within(name, read_file(path, kFileBytesMax)));
  SX_TRY_AS(auto file, within(name, parse_domain_file(text, path.parent_path())));
  if (!file.settings.password.empty() && others_may_read(path)) {
    return fail(Code::Invalid,
                name + ": others may read the password in it; run: chmod 600 " + path.string());
  }
  return file;
}

}  // namespace sextant::adapters
