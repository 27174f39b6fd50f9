#pragma once
// Reads user agents by the patterns of uap-core (user_agents.txt): the first of each kind that
// matches says what the browser, the system and the device are. Patterns are tried only where the
// literal texts occur that they cannot do without, in linear time by RE2.
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant::intel {

// Empty where it is not known.
struct UserAgent {
  std::string name = "Other";
  std::string version = {};
  std::string os_name = {};
  std::string os_version = {};
  std::string device = "Other";
  friend bool operator==(const UserAgent&, const UserAgent&) = default;
};

class UserAgentPatterns {
 public:
  // More of a text is not looked at.
  static constexpr std::size_t kTextBytesMax = 2048;

  // The ones in the program, made at the first call and gone with the last owner. Any thread.
  static std::shared_ptr<const UserAgentPatterns> shared();
  // Invalid: names the line that is no pattern.
  static Result<std::shared_ptr<const UserAgentPatterns>> parse(std::string_view text);
  virtual ~UserAgentPatterns() = default;

  // UTF-8. Remembers the last some thousand texts. Any thread.
  virtual UserAgent read(std::string_view text) const = 0;
};

}  // namespace sextant::intel
