#pragma once
// The readers of the resource types, one group a file; resource_types.cc has the table that names
// them.
#include "template/app_builder.h"
#include "template/properties.h"
#include "template/resource.h"

namespace sextant::templates {

void read_function(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_permission(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_bucket(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_bucket_policy(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_database(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_table(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_role(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_policy(AppBuilder& builder, const Resource& resource, Properties& properties);
void read_managed_policy(AppBuilder& builder, const Resource& resource, Properties& properties);

// Tags: [{Key: …, Value: …}], as everything but SAM writes them.
std::map<std::string, std::string> read_tag_list(Properties& properties);
// Reports a name that breaks its rule, as one of nullptr or words.
void check_name_rule(Properties& properties, std::string_view property, const std::string& name,
                     const char* problem);

}  // namespace sextant::templates
