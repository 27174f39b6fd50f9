#pragma once
// The kinds of logs that are in the box. Whatever goes over all kinds reads this list: the node's
// functions, `sextant generate`, the case files, the fuzz targets, the oracles, the benches.
#include <memory>
#include <span>
#include <string_view>

#include "intel/generators/generator.h"
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

struct LogKind {
  const Parser* parser = nullptr;
  std::unique_ptr<LogGenerator> (*make_generator)(const GeneratorOptions&) = nullptr;
  std::span<const Technique> attacks = {};  // that the generator can hide

  std::string_view name() const { return parser->kind; }  // "alb": the lake's table too
};

std::span<const LogKind> log_kinds();
const LogKind* find_log_kind(std::string_view name);  // nullptr when there is none

}  // namespace sextant::intel
