#include "intel/enrichers/user_agent_patterns.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/guarded.h"
#include "core/strings.h"

namespace sextant::intel {

extern const std::string_view kUserAgentsText;  // user_agents_text.cc.in

namespace {

constexpr std::size_t kAtomBytesMin = 3;
constexpr std::int64_t kPatternBytesMax = 4 << 20;  // of memory, each, at most
constexpr int kGroupsMax = 6;                       // the whole and five
constexpr std::size_t kRememberedMax = 8'192;       // texts, twice

using Groups = std::array<re2::StringPiece, kGroupsMax>;
using Parts = std::array<std::string, kGroupsMax - 1>;

std::string_view text_of(const re2::StringPiece& piece) {
  return piece.data() == nullptr ? std::string_view()
                                 : std::string_view(piece.data(), piece.size());
}

// Literals of at least kAtomBytesMin bytes, found in a text all at once.
class Atoms {
 public:
  explicit Atoms(std::vector<std::string> atoms) : atoms_(std::move(atoms)) {
    for (std::size_t i = 0; i < atoms_.size(); ++i)
      by_beginning_[beginning(atoms_[i])].push_back(static_cast<int>(i));
  }

  std::vector<int> in(std::string_view lower) const {
    std::vector<int> found;
    for (std::size_t at = 0; at + kAtomBytesMin <= lower.size(); ++at) {
      const auto rest = lower.substr(at);
      const auto candidates = by_beginning_.find(beginning(rest));
      if (candidates == by_beginning_.end()) continue;
      for (const int atom : candidates->second) {
        if (rest.starts_with(atoms_[static_cast<std::size_t>(atom)])) found.push_back(atom);
      }
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
  }

 private:
  static std::uint32_t beginning(std::string_view text) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < kAtomBytesMin; ++i)
      value = value << 8 | static_cast<std::uint8_t>(text[i]);
    return value;
  }
  std::vector<std::string> atoms_;
  std::unordered_map<std::uint32_t, std::vector<int>> by_beginning_;
};

// Patterns of one kind, in their order.
class Patterns {
 public:
  Result<> add(const std::string& pattern, bool any_case, Parts parts) {
    RE2::Options options;
    options.set_case_sensitive(!any_case);
    options.set_log_errors(false);
    options.set_max_mem(kPatternBytesMax);
    int id = 0;
    if (filter_.Add(pattern, options, &id) != RE2::NoError)
      return fail(Code::Invalid, "'" + pattern + "' is no pattern");
    parts_.push_back(std::move(parts));
    return {};
  }

  void compile() {
    if (parts_.empty()) return;
    std::vector<std::string> atoms;
    filter_.Compile(&atoms);
    atoms_.emplace(std::move(atoms));
  }

  // What the parts of the first pattern are that matches; nullptr: none does.
  const Parts* first(std::string_view text, std::string_view lower, Groups& groups) const {
    if (!atoms_) return nullptr;
    const re2::StringPiece piece(text.data(), text.size());
    const int id = filter_.FirstMatch(piece, atoms_->in(lower));
    if (id < 0) return nullptr;
    const auto& pattern = filter_.GetRE2(id);
    const int count = std::min(kGroupsMax, pattern.NumberOfCapturingGroups() + 1);
    groups.fill({});
    if (!pattern.Match(piece, 0, text.size(), RE2::UNANCHORED, groups.data(), count))
      return nullptr;
    return &parts_[static_cast<std::size_t>(id)];
  }

 private:
  re2::FilteredRE2 filter_{static_cast<int>(kAtomBytesMin)};
  std::vector<Parts> parts_;
  std::optional<Atoms> atoms_;
};

// "$1 $2" with what the groups hold.
std::string filled(const std::string& part, const Groups& groups) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool is_group =
        part[i] == '$' && i + 1 < part.size() && part[i + 1] >= '0' && part[i + 1] <= '9';
    if (!is_group) {
      text += part[i];
      continue;
    }
    const auto group = static_cast<std::size_t>(part[++i] - '0');
    if (group > 0 && group < groups.size()) text += text_of(groups[group]);
  }
  return text;
}

std::string trimmed(const std::string& part, const Groups& groups) {
  return std::string(trim(filled(part, groups)));
}

// "1.2.3", up to the first number that is not there.
std::string version_of(const std::array<std::string, 4>& numbers) {
  std::string version;
  for (const auto& number : numbers) {
    if (number.empty()) break;
    if (!version.empty()) version += '.';
    version += number;
  }
  return version;
}

class AllPatterns final : public UserAgentPatterns {
 public:
  Result<> add(std::string_view line) {
    const auto fields = split(line, '\t');
    auto* patterns = fields.size() < 2 ? nullptr : patterns_of(fields[0]);
    if (patterns == nullptr || fields.size() > 3 + std::tuple_size_v<Parts>)
      return fail(Code::Invalid, "no user agent's pattern: " + std::string(line));
    Parts parts;
    for (std::size_t i = 3; i < fields.size(); ++i) parts[i - 3] = fields[i];
    if (parts[0].empty()) parts[0] = "$1";
    for (std::size_t i = 1; patterns == &systems_ && i < parts.size(); ++i) {
      if (parts[i].empty()) parts[i] = "$" + std::to_string(i + 1);
    }
    return patterns->add(std::string(fields[1]), fields.size() > 2 && fields[2] == "i",
                         std::move(parts));
  }

  void compile() {
    browsers_.compile();
    systems_.compile();
    devices_.compile();
  }

  UserAgent read(std::string_view text) const override {
    text = text.substr(0, kTextBytesMax);
    const std::string key(text);
    if (auto known = remembered_.with([&](auto& all) { return all.find(key); })) return *known;
    auto agent = look(text);
    remembered_.with([&](auto& all) { all.keep(key, agent); });
    return agent;
  }

 private:
  // The last texts: those of the generation at hand and of the one before.
  struct Remembered {
    using Agents = std::unordered_map<std::string, UserAgent>;
    std::optional<UserAgent> find(const std::string& text) {
      if (const auto now = young.find(text); now != young.end()) return now->second;
      const auto before = old.find(text);
      if (before == old.end()) return std::nullopt;
      auto agent = before->second;
      keep(text, agent);
      return agent;
    }
    void keep(const std::string& text, const UserAgent& agent) {
      if (young.size() >= kRememberedMax) {
        old = std::move(young);
        young.clear();
      }
      young.emplace(text, agent);
    }
    Agents young;
    Agents old;
  };

  Patterns* patterns_of(std::string_view kind) {
    if (kind == "ua") return &browsers_;
    if (kind == "os") return &systems_;
    return kind == "device" ? &devices_ : nullptr;
  }

  UserAgent look(std::string_view text) const {
    const auto lower = to_lower(text);
    UserAgent agent;
    Groups groups;
    if (const auto* parts = browsers_.first(text, lower, groups)) {
      agent.name = filled((*parts)[0], groups);
      agent.version = version_of(numbers(*parts, groups));
    }
    if (const auto* parts = systems_.first(text, lower, groups)) {
      agent.os_name = trimmed((*parts)[0], groups);
      agent.os_version = version_of(numbers(*parts, groups));
    }
    if (const auto* parts = devices_.first(text, lower, groups))
      agent.device = trimmed((*parts)[0], groups);
    if (agent.name.empty()) agent.name = "Other";
    if (agent.device.empty()) agent.device = "Other";
    return agent;
  }

  // What a part does not say is the group of its place, as it is.
  static std::array<std::string, 4> numbers(const Parts& parts, const Groups& groups) {
    std::array<std::string, 4> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& part = parts[i + 1];
      all[i] = part.empty() ? std::string(text_of(groups[i + 2])) : trimmed(part, groups);
    }
    return all;
  }

  Patterns browsers_;
  Patterns systems_;
  Patterns devices_;
  mutable Guarded<Remembered> remembered_;
};

}  // namespace

Result<std::shared_ptr<const UserAgentPatterns>> UserAgentPatterns::parse(std::string_view text) {
  auto all = std::make_shared<AllPatterns>();
  for (const auto line : split(text, '\n')) {
    if (!line.empty() && line.front() != '#') SX_TRY(all->add(line));
  }
  all->compile();
  return all;
}

std::shared_ptr<const UserAgentPatterns> UserAgentPatterns::shared() {
  static Guarded<std::weak_ptr<const UserAgentPatterns>> last;
  return last.with([](auto& weak) {
    auto patterns = weak.lock();
    if (patterns) return patterns;
    auto parsed = parse(kUserAgentsText);
    SX_CHECK(parsed);
    weak = *parsed;
    return *parsed;
  });
}

}  // namespace sextant::intel
