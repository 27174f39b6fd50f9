#!/usr/bin/env python3
"""Begins a new kind of log: its parser, cases and generator as skeletons, and their line in the catalogue.

    tools/new_parser.py web_proxy --title "Web proxy log"

What it writes compiles and is listed by `sextant generate`, and its tests fail until it has real cases:
docs/guide/add-a-parser.md says what to fill in.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

PARSER_H = """\
#pragma once
// {title}s -> table "{kind}".
// Source: the page that describes the format; columns are named as ECS 8 names them.
#include "intel/parsers/line_reader.h"

namespace sextant::intel {{

extern const Parser k{name};

}}  // namespace sextant::intel
"""

PARSER_CC = """\
#include "intel/parsers/{kind}.h"

#include <functional>

#include "intel/parsers/table_reader.h"

namespace sextant::intel {{
namespace {{

// The fields in their order, as the format's documentation calls them.
constexpr FieldSpec kFields[] = {{
    {{"time", Form::Time, {{{{{{"ts"}}}}}}}},
    {{"client_ip", Form::Address, {{{{{{"source.ip"}}}}}}}},
    {{"message", Form::Text, {{{{{{"message"}}}}}}}},
}};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {{
    {{"event.kind", "event"}},
    {{"event.dataset", "{kind}"}},
}};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {{
    {{"source.address", "source.ip"}},
}};

constexpr Format kFormat{{.fields = kFields,
                         .trailing = "{kind}.trailing",
                         .constants = kConstants,
                         .aliases = kAliases}};

// As the service names objects of them.
constexpr std::string_view kObjectNames[] = {{"*/{kind}/*"}};

}}  // namespace

const Parser k{name}{{
    .id = "parsers.{kind}",
    .kind = "{kind}",
    .title = "{title}",
    .summary = "Reads {title}s to ECS columns.",
    .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
    .object_names = kObjectNames}};

}}  // namespace sextant::intel
"""

CASES = """\
# {title}: hand-checked lines. Format: tests/support/log_cases.h.
# At least 30, as they stand in real logs: each pitfall of the format once, and what is malformed.

# Every column of it.
line 2026-01-01T12:00:00.514108Z 203.0.113.1 "a message" more
expect ts=2026-01-01T12:00:00.514108Z source.ip=203.0.113.1 source.address=203.0.113.1 message="a message" {kind}.trailing=more
expect event.kind=event event.dataset={kind} log.file.path=s3://logs/key log.offset=0

line 2026-01-01T12:00:00.514108Z 203.0.113.300 "a message"
malformed field 2 (client_ip) is not an address
"""

GENERATOR_H = """\
#pragma once
// Makes {title}s:
// whose traffic it is, and the odd lines that real logs hold.
#include "intel/generators/generator.h"

namespace sextant::intel {{

// The attacks that these logs show.
inline constexpr Technique k{name}Techniques[] = {{Technique::VulnerabilityScan}};

std::unique_ptr<LogGenerator> make_{kind}_generator(const GeneratorOptions& options);

}}  // namespace sextant::intel
"""

GENERATOR_CC = """\
#include "intel/generators/{kind}.h"

#include "core/time_text.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {{
namespace {{

constexpr std::size_t kVisitors = 10'000;

// One entry before it is text.
struct {name}Entry {{
  std::int64_t time_us = 0;
  std::string_view client;
  std::string message;
  std::string_view trailing = {{}};
}};

class {name}Generator final : public TrafficGenerator {{
 public:
  explicit {name}Generator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        visitor_choice_(zipf(kVisitors, 0.9)) {{
    plan();
  }}
  std::string object_key(Time end, std::uint64_t number) const override {{
    return "logs/{kind}/" + iso8601_basic(end) + "-" + std::to_string(number) + ".log.gz";
  }}

 private:
  void begin(std::int64_t time_us) override {{
    entry_ = {name}Entry{{}};
    entry_.time_us = time_us;
  }}
  void ordinary() override {{
    entry_.client = visitors_[visitor_choice_.draw(dice())].address;
    entry_.message = "message " + std::to_string(dice().below(100));
  }}
  void attack(Campaign& campaign) override {{
    attacker_ = campaign.source_ip;
    entry_.client = attacker_;
    entry_.message = "attack " + std::to_string(campaign.sent++);
  }}
  void make_odd() override {{ entry_.trailing = " \\"a field of tomorrow\\" 42"; }}
  void write(std::string& out) override {{
    out.append(iso8601(Time(Duration(entry_.time_us)))).append(" ").append(entry_.client);
    out.append(" \\"").append(entry_.message).append("\\"").append(entry_.trailing);
  }}
  void make_malformed(std::string& line) override {{ line.resize(20); }}
  std::string_view source() const override {{ return entry_.client; }}

  std::vector<Visitor> visitors_;
  Choice visitor_choice_;
  std::string attacker_;
  {name}Entry entry_;
}};

}}  // namespace

std::unique_ptr<LogGenerator> make_{kind}_generator(const GeneratorOptions& options) {{
  return std::make_unique<{name}Generator>(options);
}}

}}  // namespace sextant::intel
"""

FILES = {
    "src/intel/parsers/{kind}.h": PARSER_H,
    "src/intel/parsers/{kind}.cc": PARSER_CC,
    "src/intel/parsers/{kind}.case": CASES,
    "src/intel/generators/{kind}.h": GENERATOR_H,
    "src/intel/generators/{kind}.cc": GENERATOR_CC,
}
FORMATTER = "clang-format-19"
CATALOGUE = "src/intel/log_kinds.cc"
CATALOGUE_END = "  };\n  return kKinds;\n"


def with_include(text, path):
    """The text with one more include among those of the same folder, in their order."""
    folder = path.rpartition("/")[0]
    line = f'#include "{path}"\n'
    known = re.findall(rf'^#include "{folder}/[^/"]+"\n', text, re.MULTILINE)
    after = [each for each in known if each > line]
    if after:
        return text.replace(after[0], line + after[0], 1)
    return text.replace(known[-1], known[-1] + line, 1)


def with_kind(text, kind, name):
    text = with_include(text, f"intel/generators/{kind}.h")
    text = with_include(text, f"intel/parsers/{kind}.h")
    if text.count(CATALOGUE_END) != 1:
        sys.exit(f"{CATALOGUE} has no list of kinds that this program knows: add the line by hand")
    line = f"      {{&k{name}, make_{kind}_generator, k{name}Techniques}},\n"
    return text.replace(CATALOGUE_END, line + CATALOGUE_END)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", help="its name, and its table's: lower case, with underscores")
    parser.add_argument("--title", help='in people\'s words, singular: "Web proxy log"')
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent,
                        help="the checkout (default: this one)")
    options = parser.parse_args()
    if not KIND.fullmatch(options.kind):
        parser.error(f"'{options.kind}' is no name of a kind: lower case letters, digits and underscores")
    values = {"kind": options.kind, "name": "".join(part.capitalize() for part in options.kind.split("_")),
              "title": options.title or options.kind.replace("_", " ").capitalize() + " log"}
    files = {options.root / path.format(**values): text.format(**values) for path, text in FILES.items()}
    there = [str(path) for path in files if path.exists()]
    if there:
        parser.error(f"there is such a kind already: {', '.join(there)}")
    catalogue = options.root / CATALOGUE
    listed = with_kind(catalogue.read_text(), values["kind"], values["name"])
    for path, text in files.items():
        path.write_text(text)
        print(path.relative_to(options.root))
    catalogue.write_text(listed)
    if shutil.which(FORMATTER):  # else `make fmt` does it
        sources = [path for path in files if path.suffix in (".cc", ".h")]
        subprocess.run([FORMATTER, "-i", "--style=file", *sources, catalogue], check=True)
    print(f"{CATALOGUE}: one line more\nNext: docs/guide/add-a-parser.md, from its step 1 on")


if __name__ == "__main__":
    main()
