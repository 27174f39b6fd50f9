#pragma once
// Fields that are one number or time each.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intel/parsers/field_readers.h"

namespace sextant::intel {

// nullptr for the forms that are not of that sort.
std::unique_ptr<FieldReader> make_scalar_field(const FieldSpec& spec);

// `read` gives the cell of a text that is not null, or nullopt. T as NumberColumn has it.
template <typename T, typename Read>
class ScalarField final : public FieldReader {
 public:
  // What a field of numbers is: its column's type, and what a text is not that cannot be read.
  struct Facts {
    std::string column;
    TypePtr type;
    const char* expected;
    bool must_be_there;
  };
  ScalarField(Facts facts, Read read) : facts_(std::move(facts)), read_(std::move(read)) {}
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    for (std::size_t i = 0; i < texts.count(); ++i) {
      const auto text = texts[i];
      if (!facts_.must_be_there && (text.empty() || text == "-")) {
        values_.set(row + i, sdk::NumberColumn<T>::kNull);
        continue;
      }
      const auto value = read_(text);
      if (!value) return {i, facts_.expected};
      values_.set(row + i, *value);
    }
    return {};
  }
  std::size_t bytes(std::size_t) const override { return 0; }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({facts_.column, values_.finish(rows, facts_.type)});
  }

 private:
  Facts facts_;
  Read read_;
  sdk::NumberColumn<T> values_;
};

template <typename T, typename Read>
std::unique_ptr<FieldReader> make_scalar(const FieldSpec& spec, TypePtr type, const char* expected,
                                         Read read) {
  const auto column = spec.columns[0].column;
  using Field = ScalarField<T, Read>;
  return std::make_unique<Field>(
      typename Field::Facts{std::string(column), std::move(type), expected, column == "ts"},
      std::move(read));
}

}  // namespace sextant::intel
