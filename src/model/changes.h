#pragma once
// What a deploy changes: the difference of two apps, resource by resource, in CloudFormation's
// words.
#include <string>
#include <string_view>
#include <vector>

#include "model/app.h"

namespace sextant::model {

enum class Action { Add, Modify, Remove };
std::string_view to_string(Action action);

struct ResourceChange {
  Action action = Action::Add;
  std::string resource_type;  // "AWS::Lambda::Function"
  std::string logical_id;     // its name in the template
  std::string physical_id;    // name or ARN, as Ref returns it
  std::vector<std::string> fields =
      {};  // of Modify: the properties that differ, in the model's order
  friend bool operator==(const ResourceChange&, const ResourceChange&) = default;
};

// Removed resources first, then added and modified ones, each by type and physical id. Pure. Where
// a resource stands in the template changes nothing.
std::vector<ResourceChange> describe_changes(const App& before, const App& after);

// Every resource of an app, as Add.
std::vector<ResourceChange> list_resources(const App& app);

}  // namespace sextant::model
