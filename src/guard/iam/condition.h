#pragma once
// One condition of a statement: operator, key, values; compiled once, evaluated against a request.
// Source:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
#include <array>
#include <boost/json/fwd.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "guard/iam/arn_pattern.h"
#include "guard/iam/ip_range.h"
#include "guard/iam/request_view.h"
#include "guard/iam/template_text.h"

namespace sextant::guard::iam {

// Unknown: it could not be evaluated (a plain operator met several values, a negated one met a
// value it cannot read). An Allow does not apply then; a Deny does.
enum class Match { No, Yes, Unknown };

// A number as IAM compares it: whole ones exactly, others as floating point.
struct Number {
  bool whole = true;
  std::int64_t integer = 0;
  double real = 0;
};
std::optional<Number> parse_number(std::string_view text);
std::strong_ordering compare(const Number& a, const Number& b);

class Condition {
 public:
  // `name` is the operator as written ("ForAnyValue:StringLikeIfExists"), `values` a value or a
  // list. Invalid: an unknown operator, or a value that the operator cannot read.
  static Result<Condition> parse(std::string_view name, std::string_view key,
                                 const boost::json::value& values, bool variables);

  Match evaluate(const RequestView& request) const;
  std::string describe() const { return operator_name_ + " on " + key_text_; }
  const std::string& key_name() const { return key_text_; }  // as written

  enum class Family { String, StringLike, Numeric, Date, Bool, Binary, Ip, Arn, Null };
  enum class Relation { Equal, Less, LessOrEqual, Greater, GreaterOrEqual };
  enum class Quantifier { One, ForAllValues, ForAnyValue };

 private:
  struct BinaryText {
    std::string bytes;
  };
  using Operand = std::variant<TemplateText, ArnPattern, Number, Time, bool, BinaryText, IpRange>;

  Result<Operand> parse_operand(std::string_view text, bool variables) const;
  // A value of the request, read as the operator reads it, once for all operands; monostate when
  // that is not possible.
  struct ArnText {
    std::string_view text;
    std::array<std::string_view, 6> parts;
  };
  using Given = std::variant<std::monostate, std::string_view, ArnText, Number, Time, bool,
                             BinaryText, sdk::IpAddress>;

  Given read(std::string_view value) const;
  Match pair(const Operand& operand, const Given& given, const RequestView& request) const;
  Match against_all(const Given& given, const RequestView& request) const;
  Match quantified(const Values& values, const RequestView& request) const;
  Match when_missing() const;
  Match null_check(const Values& values) const;
  bool related(std::strong_ordering order) const;

  std::string operator_name_;
  std::string key_text_;
  Key key_;
  Family family_ = Family::String;
  Relation relation_ = Relation::Equal;
  Quantifier quantifier_ = Quantifier::One;
  bool negated_ = false;
  bool fold_case_ = false;
  bool if_exists_ = false;
  std::vector<Operand> operands_;
};

}  // namespace sextant::guard::iam
