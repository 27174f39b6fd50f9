#pragma once
// CloudFormation's operations, one function each; operations.cc puts them into the table.
#include "deploy/stacks.h"
#include "sdk/call.h"
#include "sdk/service_caller.h"

namespace sextant::deploy {

struct OperationCall {
  Stacks& stacks;
  const boost::json::object& parameters;
  const Permitted& permitted;
};
using Answer = Result<boost::json::object>;

// stack_handlers.cc
Answer create_stack(const OperationCall& call);
Answer update_stack(const OperationCall& call);
Answer delete_stack(const OperationCall& call);
Answer describe_stacks(const OperationCall& call);
Answer list_stacks(const OperationCall& call);
Answer get_template(const OperationCall& call);
Answer get_template_summary(const OperationCall& call);
Answer validate_template(const OperationCall& call);
Answer describe_stack_resource(const OperationCall& call);
Answer describe_stack_resources(const OperationCall& call);
Answer list_stack_resources(const OperationCall& call);
Answer describe_stack_events(const OperationCall& call);
// change_set_handlers.cc
Answer create_change_set(const OperationCall& call);
Answer describe_change_set(const OperationCall& call);
Answer execute_change_set(const OperationCall& call);
Answer delete_change_set(const OperationCall& call);
Answer list_change_sets(const OperationCall& call);

// StackName, TemplateBody or UsePreviousTemplate, Parameters, Capabilities, Tags. ValidationError.
Result<StackRequest> read_stack_request(const OperationCall& call);

}  // namespace sextant::deploy
