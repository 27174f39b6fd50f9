#pragma once
// All operations of all services by name: where the wire, functions and workflows find them.
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "guard/operation.h"

namespace sextant::api {

class Operations {
 public:
  void add(guard::OperationTable table) {
    for (auto& operation : table) {
      auto name = std::pair(std::string(operation.service), std::string(operation.name));
      const bool added = by_name_.emplace(std::move(name), std::move(operation)).second;
      SX_CHECK(added);
    }
  }
  // nullptr when there is none.
  const guard::Operation* find(std::string_view service, std::string_view name) const {
    const auto found = by_name_.find({std::string(service), std::string(name)});
    return found == by_name_.end() ? nullptr : &found->second;
  }
  const std::map<std::pair<std::string, std::string>, guard::Operation>& all() const {
    return by_name_;
  }

 private:
  std::map<std::pair<std::string, std::string>, guard::Operation> by_name_;
};

}  // namespace sextant::api
