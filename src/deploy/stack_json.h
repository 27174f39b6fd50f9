#pragma once
// Stacks, resources, events and change sets under CloudFormation's own member names.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "deploy/stack_record.h"
#include "template/template.h"

namespace sextant::deploy {

boost::json::object to_stack(const StackRecord& stack, const model::App& app);
boost::json::object to_stack_summary(const StackRecord& stack);
boost::json::array to_resources(const StackRecord& stack, const model::App& app);
// StackResourceSummaries of ListStackResources: the same without the stack's own members.
boost::json::array to_resource_summaries(const StackRecord& stack, const model::App& app);
boost::json::array to_events(const StackRecord& stack);  // newest first
boost::json::object to_change_set(const ChangeSetRecord& set);
boost::json::object to_change_set_summary(const ChangeSetRecord& set);
boost::json::object to_template_summary(const templates::Summary& summary);

}  // namespace sextant::deploy
