// links: intel sdk core
// A log type, and a log that it reads, apart by a line "---": whatever the text is, it is refused
// with places inside of it or gives a parser, and then that holds what holds for every parser.
#include "intel/parsers/log_types/log_type.h"

#include <algorithm>

#include "intel/parsers/log_types/log_type_cases.h"
#include "tests/fuzz/parser_fuzz.h"

namespace {

void check_findings(const sextant::intel::LogTypeFindings& findings, std::string_view text) {
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  SX_CHECK(!findings.empty());
  for (const auto& finding : findings) {
    SX_CHECK(!finding.message.empty());
    SX_CHECK(finding.at.line >= 0 && finding.at.line <= lines + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sextant;
  constexpr std::string_view kApart = "\n---\n";
  const auto all = fuzz::as_text(data, size);
  const std::string_view text = std::string_view(all).substr(0, all.find(kApart));
  if (const auto cases = intel::parse_log_type_cases(text); !cases)
    check_findings(cases.error(), text);
  const auto parser = intel::parse_log_type(text);
  if (!parser) {
    check_findings(parser.error(), text);
    return 0;
  }
  const auto rest = std::string_view(all).substr(std::min(text.size() + kApart.size(), all.size()));
  return fuzz::run_parser(*parser, reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size());
}
