#include "services/lake/table_views.h"

#include <utility>

#include "services/lake/event_view.h"

namespace sextant::services::lake {

std::vector<TableView> views_of(const model::Table& table, const ports::LakeTable* contents,
                                const std::map<TableName, model::Table>& all,
                                std::span<const sdk::View> questions) {
  const auto is_free = [&](std::string_view name) {
    return !all.contains(TableName(std::string(name)));
  };
  std::vector<TableView> views;
  std::string events;
  if (auto view = event_view(table, contents); view && is_free(view->name)) {
    events = view->name;
    views.push_back({std::move(*view), "each event once, however many deliveries told of it"});
  }
  for (const auto& question : questions) {
    if (question.from != table.name.text() && (events.empty() || question.from != events)) continue;
    if (!is_free(question.name)) continue;
    views.push_back({.view = {.name = std::string(question.name),
                              .sql = std::string(question.sql),
                              .from = std::string(question.from),
                              .columns = std::string(question.columns)},
                     .answers = std::string(question.answers)});
  }
  return views;
}

}  // namespace sextant::services::lake
