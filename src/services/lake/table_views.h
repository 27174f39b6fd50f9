#pragma once
// The views that belong to a table: its events (event_view.h), and the questions about it that an
// app brings along (sdk/view.h). Who may read the table may read them; a deployed table of the same
// name hides a view.
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/columns.h"
#include "core/id.h"
#include "model/app.h"
#include "ports/lake_files.h"
#include "sdk/view.h"

namespace sextant::services::lake {

struct TableView {
  ports::LakeView view;
  std::string answers;  // which question; one line
};

// In an order in which each reads the table or one before it. `all` are the deployed tables;
// `contents` is the table as the manifest has it, nullptr where only names matter.
std::vector<TableView> views_of(const model::Table& table, const ports::LakeTable* contents,
                                const std::map<TableName, model::Table>& all,
                                std::span<const sdk::View> questions);

}  // namespace sextant::services::lake
