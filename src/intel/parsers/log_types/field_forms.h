#pragma once
// The members of a field of a log type, `{to: source.ip, type: ip}`, as a FieldSpec.
#include <map>
#include <string>
#include <vector>

#include "core/yaml.h"
#include "intel/parsers/log_types/compiled.h"
#include "intel/parsers/log_types/members.h"

namespace sextant::intel {

bool is_column_name(std::string_view column);  // "source.ip"

// The columns that a log type has so far, and where each is named.
class ColumnNames {
 public:
  ColumnNames(std::string own, Findings& findings) : own_(std::move(own)), findings_(findings) {}
  // Whether the column may be there: a name of ECS or below the log type's own prefix, once.
  // "@timestamp" becomes "ts".
  bool add(yaml::Where at, std::string& column);
  bool has(const std::string& column) const { return places_.contains(column); }
  void check_nesting() const;  // reports a column that is a part of another's name

 private:
  bool check_name(yaml::Where at, const std::string& column) const;
  std::string own_;
  Findings& findings_;
  std::map<std::string, yaml::Where> places_;
};

// Reports what is wrong, and then returns a spec that is not to be used.
FieldSpec read_field(const std::string& name, const yaml::Node& node, CompiledLogType& into,
                     ColumnNames& columns, Findings& findings);

}  // namespace sextant::intel
