#pragma once
// What kinds of change a deploy makes, for its audit record.
#include "guard/audit/event_class.h"
#include "model/app.h"

namespace sextant::deploy {

// PermissionChange: roles, managed policies, permissions to invoke, buckets' policies, and which
// role a function has. TriggerChange: buckets' notifications.
guard::EventClasses change_classes(const model::App& before, const model::App& after);

}  // namespace sextant::deploy
