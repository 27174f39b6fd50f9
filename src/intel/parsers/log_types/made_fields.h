#pragma once
// The forms of fields that log types have beyond those of field_readers.h.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "intel/parsers/field_readers.h"
#include "intel/parsers/log_types/time_format.h"

namespace sextant::intel {

// What becomes of a text that repeats: done once per distinct one.
struct TextChange {
  bool lowercase = false;
  std::map<std::string, std::string, std::less<>> values = {};  // what stands for what
  std::optional<std::string> otherwise = std::nullopt;          // for those that `values` lacks
};
std::unique_ptr<FieldMaker> make_changed_text(TextChange change);

// Whether a field may be empty.
enum class Need { Optional, Required };

// The first of `formats` that reads it. A row without a time gets the object's, if it may.
std::unique_ptr<FieldMaker> make_date(std::vector<TimeFormat> formats, Need need);

std::unique_ptr<FieldMaker> make_double();
std::unique_ptr<FieldMaker> make_boolean();  // true, false, yes, no, 1, 0; in any case
// Decimal numbers of a unit, as whole nanoseconds: how ECS counts time that passed.
std::unique_ptr<FieldMaker> make_duration(std::int64_t nanos_of_unit);
// A field of any other form that must be there.
std::unique_ptr<FieldMaker> make_required(const FieldSpec& inner);

}  // namespace sextant::intel
