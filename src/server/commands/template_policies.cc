#include "server/commands/template_policies.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/file.h"
#include "core/json.h"
#include "template/policy_places.h"

namespace sextant::server {

std::vector<std::string> statement_path(const std::string& document, std::string_view name) {
  const auto value = json::parse(document);
  if (!value || !value->is_object()) return {};
  const auto* statements = json::find(value->get_object(), "Statement");
  if (statements == nullptr) return {};
  const auto named = [&](const json::Value& statement, std::size_t at) {
    return name == "Statement[" + std::to_string(at) + "]" ||
           (statement.is_object() && json::text_or(statement.get_object(), "Sid") == name);
  };
  if (!statements->is_array())
    return named(*statements, 0) ? std::vector<std::string>{"Statement"}
                                 : std::vector<std::string>{};
  for (std::size_t i = 0; i < statements->get_array().size(); ++i) {
    if (named(statements->get_array()[i], i)) return {"Statement", std::to_string(i)};
  }
  return {};
}

Result<TemplatePolicies> TemplatePolicies::load(const std::string& file,
                                                const TemplateInput& input) {
  TemplatePolicies loaded;
  SX_TRY_AS(loaded.text_, within(file, read_file(file)));
  templates::ParseOptions options;
  options.on_policy = [&](const templates::PolicyPlace& place) { loaded.places_.push_back(place); };
  auto app = parse_template_file(file, loaded.text_, input, std::move(options));
  if (!app) return fail(Code::Invalid, templates::to_text(app.error()));
  loaded.take(*app);
  loaded.snapshot_ = guard::PolicySnapshot::make(std::vector{std::move(*app)});
  return loaded;
}

// Under the names that PolicySnapshot gives them.
void TemplatePolicies::take(const model::App& app) {
  for (const auto& [arn, role] : app.roles) {
    origins_[arn].push_back({role.trust_policy, role.logical_id, role.position});
    for (const auto& policy : role.inline_policies) {
      origins_[arn + "/" + policy.name].push_back(
          {policy.document, role.logical_id, role.position});
    }
  }
  for (const auto& [arn, policy] : app.managed_policies)
    origins_[arn].push_back({policy.document, policy.logical_id, policy.position});
  for (const auto& [name, bucket] : app.buckets) {
    if (bucket.policy)
      origins_[bucket.arn].push_back({*bucket.policy, bucket.logical_id, bucket.position});
  }
  for (const auto& permission : app.permissions) {
    const auto function = app.functions.find(permission.function.text());
    if (function == app.functions.end()) continue;
    const auto& arn = function->second.arn;
    auto at = function->second.position;
    if (const auto own = templates::place_of(text_, {"Resources", permission.logical_id});
        own != templates::place_of(text_, {"Resources"})) {
      at.line = own.line;
      at.column = own.column;
    }
    origins_[arn].push_back(
        {guard::permission_document(permission, arn), permission.logical_id, std::move(at)});
  }
}

// The same text may stand in several resources: the one that has it is preferred.
const templates::PolicyPlace* TemplatePolicies::written(const Origin& origin) const {
  const templates::PolicyPlace* found = nullptr;
  for (const auto& place : places_) {
    if (place.document != origin.document) continue;
    const auto of = [&](const std::string& id) { return place.owner.ends_with("'" + id + "'"); };
    // A function's implied role is called after it.
    const bool own =
        of(origin.logical_id) || (origin.logical_id.ends_with("Role") &&
                                  of(origin.logical_id.substr(0, origin.logical_id.size() - 4)));
    if (own || found == nullptr) found = &place;
    if (own) break;
  }
  return found;
}

std::optional<model::Position> TemplatePolicies::place_of(std::string_view label) const {
  const auto mark = label.find('#');
  const auto origins = origins_.find(label.substr(0, mark));
  if (mark == std::string_view::npos || origins == origins_.end()) return std::nullopt;
  for (const auto& origin : origins->second) {
    const auto path = statement_path(origin.document, label.substr(mark + 1));
    if (path.empty()) continue;
    const auto* place = written(origin);
    const std::size_t at = path.size() < 2 ? 0 : std::stoul(path[1]);
    if (place == nullptr || at >= place->statements.size()) return origin.otherwise;
    return place->statements[at];
  }
  return std::nullopt;
}

}  // namespace sextant::server
