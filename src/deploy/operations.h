#pragma once
// CloudFormation's operations over stacks, under the API's own names
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference). They stand here and not among the
// services, because a deploy looks down on services and templates.
#include <memory>

#include "deploy/stacks.h"
#include "guard/operation.h"

namespace sextant::deploy {

// CreateStack, UpdateStack, DeleteStack, DescribeStacks, ListStacks, GetTemplate,
// GetTemplateSummary, ValidateTemplate, DescribeStackResource(s), ListStackResources,
// DescribeStackEvents, Create-, Describe-, Execute-, Delete- and ListChangeSets. `stacks` outlives
// the table.
guard::OperationTable cloudformation_operations(Stacks& stacks);

}  // namespace sextant::deploy
