#pragma once
// Strings that name different things have different types, so that they cannot be swapped in a
// call.
#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace sextant {

template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

using AccountId = Id<struct AccountIdTag>;  // twelve digits
using Region = Id<struct RegionTag>;        // "us-east-1"
using RequestId =
    Id<struct RequestIdTag>;  // one API call or one delivery attempt, in logs and audit
using FunctionName = Id<struct FunctionNameTag>;
using BucketName = Id<struct BucketNameTag>;
using TableName = Id<struct TableNameTag>;  // "alb": the Glue table name, unique within a database
using DeliveryId = Id<struct DeliveryIdTag>;

// Where everything lives: keys of what belongs to an account in a region name both (store/keys.h).
struct Scope {
  AccountId account;
  Region region;
  friend auto operator<=>(const Scope&, const Scope&) = default;
};

}  // namespace sextant

template <typename Tag>
struct std::hash<sextant::Id<Tag>> {
  std::size_t operator()(const sextant::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
