#pragma once
// Bucket events and their filters, as AWS::S3::Bucket and SAM's S3 event write them alike.
#include <string>
#include <vector>

#include "model/app.h"
#include "template/properties.h"

namespace sextant::templates {

// Reports events that no bucket of the node has.
void check_event_names(const std::vector<std::string>& events, Where at, Diagnostics& diagnostics);

struct KeyFilter {
  std::string prefix;
  std::string suffix;
};
// Filter: {S3Key: {Rules: [{Name: prefix, Value: …}]}}; absent: everything.
KeyFilter read_filter(Properties& properties);

// Whether one event could match both, which S3 refuses.
bool overlap(const model::Notification& one, const model::Notification& other);

// An id that stays the same as long as the notification does the same.
std::string notification_id(const model::Notification& notification);

}  // namespace sextant::templates
