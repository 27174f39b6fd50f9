#pragma once
// The names under which CloudTrail writes what a call was given and what it answered: those of the
// API with a small first letter ("userName"), S3's as they stand on the wire ("bucketName",
// "max-keys"). Secrets are not shown. Pure; made for every call.
#include <boost/json/object.hpp>
#include <span>
#include <string_view>

namespace sextant::guard {

// requestParameters. `secret`: parameters of which only the name is shown.
boost::json::object shown_parameters(std::string_view service,
                                     const boost::json::object& parameters,
                                     std::span<const std::string_view> secret);

// responseElements: without secret keys and tokens, however deep they stand.
boost::json::object shown_answer(const boost::json::object& result);

}  // namespace sextant::guard
