#pragma once
// What an S3 notification says, in all forms in which one reaches a queue: S3's own, the same from
// SNS, EventBridge's events, CloudTrail's about its files. Pure; the bytes are anybody's.
#include <string_view>
#include <vector>

#include "cli/object_copy.h"
#include "core/result.h"

namespace sextant::cli {

// The objects that it says were made: none for S3's test event, and for events of other kinds
// (deletions), which ask for nothing. Folders that consoles make are left out. Invalid: it is no
// notification, or names what cannot be an object.
Result<std::vector<SourceObject>> parse_notification(std::string_view text);

}  // namespace sextant::cli
