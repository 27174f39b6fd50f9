#include "guard/iam/service_data.h"

#include <algorithm>

#include "core/strings.h"

namespace sextant::guard::iam {

extern const std::string_view kServiceDataText;  // service_data_text.cc.in

namespace {

// Up to the next blank, which is taken off.
std::string_view next_word(std::string_view& text) {
  const auto blank = text.find(' ');
  const auto word = text.substr(0, blank);
  text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  return word;
}

std::vector<std::string_view> words_of(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  for (const auto word : split(text, separator)) {
    if (!word.empty() && word != "-") words.push_back(word);
  }
  return words;
}

}  // namespace

const ServiceData& ServiceData::get() {
  static const ServiceData data(kServiceDataText);
  return data;
}

ServiceData::ServiceData(std::string_view text) {
  KnownService* service = nullptr;
  for (auto line : split(text, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto kind = next_word(line);
    take(kind, line, service);
  }
  prefixes_.push_back("sextant");
  std::ranges::sort(prefixes_);
}

void ServiceData::take(std::string_view kind, std::string_view rest, KnownService*& service) {
  if (kind == "prefixes") {
    prefixes_ = words_of(rest, ' ');
  } else if (kind == "service") {
    service = &services_[rest];
  } else if (kind == "global") {
    const auto name = next_word(rest);
    global_keys_.push_back({name, rest});
  } else if (kind == "key") {
    const auto name = next_word(rest);
    service->keys.push_back({name, rest});
  } else if (kind == "resource") {
    const auto name = next_word(rest);
    service->resources.push_back({name, rest});
  } else if (kind == "action") {
    const auto name = next_word(rest);
    const auto level = next_word(rest);
    service->actions.push_back({name, level.front(), words_of(rest, ',')});
  }
}

const KnownService* ServiceData::find(std::string_view prefix) const {
  const auto found = services_.find(prefix);
  return found == services_.end() ? nullptr : &found->second;
}

bool ServiceData::is_multivalued(std::string_view key) const {
  const auto is_list_of = [&](const KnownKey& known) {
    return known.type.starts_with("ArrayOf") && is_key(known, key);
  };
  if (std::ranges::any_of(global_keys_, is_list_of)) return true;
  const auto* service = find(to_lower(key.substr(0, key.find(':'))));
  return service != nullptr && std::ranges::any_of(service->keys, is_list_of);
}

bool is_key(const KnownKey& known, std::string_view written) {
  const auto placeholder = known.name.find_first_of("$<");
  if (placeholder == std::string_view::npos) return iequals(known.name, written);
  return written.size() > placeholder &&
         iequals(known.name.substr(0, placeholder), written.substr(0, placeholder));
}

}  // namespace sextant::guard::iam
