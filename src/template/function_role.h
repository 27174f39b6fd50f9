#pragma once
// The role that SAM implies for a function that names none: trusted by Lambda, with the function's
// Policies.
#include "template/app_builder.h"

namespace sextant::templates {

// "CollectorRole": by this logical id the rest of the template may refer to it.
std::string implied_role_id(std::string_view function);

// Makes the role in the app and returns its ARN.
std::string make_implied_role(AppBuilder& builder, const Resource& function,
                              Properties& properties);

}  // namespace sextant::templates
