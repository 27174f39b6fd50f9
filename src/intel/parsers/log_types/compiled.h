#pragma once
// A log type as its parser uses it. Everything that the table of fields points to lies here.
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intel/parsers/json_cutter.h"
#include "intel/parsers/log_types/cutters.h"
#include "intel/parsers/table_reader.h"

namespace sextant::intel {

// Of a line, however it is cut; with the other paths of fields of JSON.
inline constexpr std::size_t kFieldsMax = 256;

enum class LineShape { Pattern, Json, Delimited, KeyValue };

struct CompiledLogType {
  std::string name;
  std::string id;  // "parsers.<name>"
  std::string title;
  std::string own;  // the prefix of columns that ECS has no name for

  LineShape shape = LineShape::Pattern;
  bool records = false;  // JSON objects however they are wrapped, instead of one a line
  std::shared_ptr<const LinePattern> pattern;
  Delimited delimited;
  KeyValue key_value;
  bool heading = false;  // a line of the columns' names is no entry
  char comment = 0;      // what lines begin with that are no entries; 0: nothing does

  std::deque<std::string> texts;  // that views below point into
  std::vector<std::string> field_names;
  std::vector<Spelling> spellings;  // of fields of JSON: other paths, and the field's own
  std::vector<std::unique_ptr<FieldMaker>> makers;
  std::vector<FieldSpec> fields;  // the cutter's, in its order; then, maybe, one for the time
  std::vector<std::pair<std::string_view, std::string_view>> constants;
  Format format;
  Format cut;  // the same with the fields that lines have
  mutable KnownSchemas schemas = {};

  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

}  // namespace sextant::intel
