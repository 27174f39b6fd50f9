#include "core/credentials_file.h"

#include "core/file.h"
#include "core/strings.h"

namespace sextant {
namespace {

constexpr std::uint64_t kCredentialsBytesMax = 1 << 20;
constexpr std::string_view kKeyId = "aws_access_key_id";
constexpr std::string_view kSecret = "aws_secret_access_key";
constexpr std::string_view kToken = "aws_session_token";

std::unexpected<Error> bad_line(std::size_t number, std::string_view why) {
  return fail(Code::Invalid,
              "credentials, line " + std::to_string(number) + ": " + std::string(why));
}

Result<> read_setting(std::string_view line, std::size_t number, sigv4::Credentials& into) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return bad_line(number, "'=' is missing");
  const std::string name = to_lower(trim(line.substr(0, equals)));
  const std::string_view value = trim(line.substr(equals + 1));
  if (name == kKeyId) into.access_key_id = value;
  if (name == kSecret) into.secret_access_key = value;
  if (name == kToken) into.session_token = value;
  return {};
}

bool is_blank_or_comment(std::string_view line) {
  return line.empty() || line.front() == '#' || line.front() == ';';
}

bool fits_on_a_line(std::string_view value) {
  return trim(value) == value && value.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

Result<sigv4::Credentials> parse_credentials(std::string_view text, std::string_view profile) {
  sigv4::Credentials found;
  sigv4::Credentials of_others;
  std::string_view section;
  std::size_t number = 0;
  for (const auto raw : split(text, '\n')) {
    ++number;
    const auto line = trim(raw);
    if (is_blank_or_comment(line)) continue;
    if (line.front() == '[') {
      if (line.back() != ']') return bad_line(number, "']' is missing");
      section = trim(line.substr(1, line.size() - 2));
      continue;
    }
    if (section.empty()) return bad_line(number, "a setting before the first [profile]");
    SX_TRY(read_setting(line, number, section == profile ? found : of_others));
  }
  if (found.access_key_id.empty() || found.secret_access_key.empty()) {
    return fail(Code::NotFound, "no credentials for profile '" + std::string(profile) + "'");
  }
  return found;
}

Result<sigv4::Credentials> read_credentials_file(const std::filesystem::path& path,
                                                 std::string_view profile) {
  SX_TRY_AS(const std::string text, read_file(path, kCredentialsBytesMax));
  return within(path.string(), parse_credentials(text, profile));
}

Result<> write_credentials_file(const std::filesystem::path& path,
                                const sigv4::Credentials& credentials, std::string_view profile) {
  std::string text = "[" + std::string(profile) + "]\n";
  const auto add = [&text](std::string_view name, std::string_view value) {
    if (!value.empty()) text.append(name).append(" = ").append(value).push_back('\n');
  };
  add(kKeyId, credentials.access_key_id);
  add(kSecret, credentials.secret_access_key);
  add(kToken, credentials.session_token);
  for (const std::string_view value : {profile, std::string_view(credentials.access_key_id),
                                       std::string_view(credentials.secret_access_key),
                                       std::string_view(credentials.session_token)}) {
    if (!fits_on_a_line(value)) return fail(Code::Invalid, "a credential has blanks or newlines");
  }
  return write_file_atomic(path, text, 0600);
}

}  // namespace sextant
