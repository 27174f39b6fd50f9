#include "api/query/form.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <memory>

#include "core/encoding.h"
#include "core/strings.h"

namespace sextant::api::query {
namespace {

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::Invalid, "the form is malformed: " + std::move(message),
              "MalformedQueryString");
}

// What the dots between names say, before lists are told from structures.
struct Tree {
  std::optional<std::string> value;
  std::map<std::string, Tree, std::less<>> children;
};

Result<std::string> decode(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = uri_decode(spaced);
  if (!decoded) return malformed("a broken percent escape");
  return *decoded;
}

Result<> add(const std::string& name, std::string value, Tree& root) {
  Tree* at = &root;
  std::size_t depth = 0;
  for (const auto piece : split(name, '.')) {
    if (++depth > kFormDepthMax)
      return malformed("'" + name.substr(0, 100) + "' is nested too deeply");
    at = &at->children[std::string(piece)];
  }
  if (at->value) return malformed("'" + name + "' stands there twice");
  at->value = std::move(value);
  return {};
}

Result<boost::json::value> to_value(const std::string& name, const Tree& tree);

Result<boost::json::value> to_list(const std::string& name, const Tree& members) {
  if (members.value && !members.value->empty())
    return malformed("'" + name + "' is both a value and a list");
  boost::json::array list;
  for (std::size_t number = 1; number <= members.children.size(); ++number) {
    const auto item = members.children.find(std::to_string(number));
    if (item == members.children.end())
      return malformed("the items of '" + name + "' are not numbered from 1 on");
    SX_TRY_AS(auto value, to_value(name, item->second));
    list.push_back(std::move(value));
  }
  return list;
}

Result<boost::json::value> to_value(const std::string& name, const Tree& tree) {
  if (tree.children.empty()) return boost::json::value(tree.value.value_or(""));
  // An empty list is sent as "Tags=" beside nothing; a value beside children makes no sense.
  if (tree.value && !tree.value->empty())
    return malformed("'" + name + "' is both a value and a structure");
  if (tree.children.size() == 1 && tree.children.begin()->first == "member") {
    return to_list(name, tree.children.begin()->second);
  }
  boost::json::object object;
  for (const auto& [child, subtree] : tree.children) {
    SX_TRY_AS(auto value, to_value(child, subtree));
    object[child] = std::move(value);
  }
  return object;
}

}  // namespace

Result<boost::json::object> parse_form(std::string_view text) {
  Tree root;
  std::size_t fields = 0;
  for (const auto pair : split(text, '&')) {
    if (pair.empty()) continue;
    if (++fields > kFormFieldsMax)
      return malformed("more than " + std::to_string(kFormFieldsMax) + " fields");
    const auto equals = pair.find('=');
    SX_TRY_AS(const auto name, decode(pair.substr(0, equals)));
    SX_TRY_AS(auto value, decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1)));
    SX_TRY(add(name, std::move(value), root));
  }
  boost::json::object form;
  for (const auto& [name, tree] : root.children) {
    SX_TRY_AS(auto value, to_value(name, tree));
    form[name] = std::move(value);
  }
  return form;
}

}  // namespace sextant::api::query
