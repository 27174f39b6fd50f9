#pragma once
// The fields that are one number or time each: Form::Time, PlainTime, ClockTime, Epoch, Integer,
// Port, Milliseconds, Seconds.
#include "intel/parsers/field_readers.h"

namespace sextant::intel {

// nullptr for the other forms.
std::unique_ptr<FieldReader> make_scalar_field(const FieldSpec& spec);

}  // namespace sextant::intel
