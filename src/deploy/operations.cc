#include "deploy/operations.h"

#include <array>

#include "core/json.h"
#include "core/wait_for.h"
#include "deploy/handlers.h"
#include "deploy/stack_errors.h"
#include "deploy/stack_names.h"
#include "guard/gate.h"

namespace sextant::deploy {
namespace {

constexpr auto kRead = sdk::Access::Read;
constexpr auto kWrite = sdk::Access::Write;

// Any parameter may be a secret, and a template is long.
const std::vector<std::string_view> kSecret = {"Parameters", "TemplateBody"};

struct Row {
  std::string_view name;
  std::string_view action;
  sdk::Access access;
  Answer (*handle)(const OperationCall&);
};

constexpr std::array kRows{
    Row{"CreateStack", "cloudformation:CreateStack", kWrite, create_stack},
    Row{"UpdateStack", "cloudformation:UpdateStack", kWrite, update_stack},
    Row{"DeleteStack", "cloudformation:DeleteStack", kWrite, delete_stack},
    Row{"DescribeStacks", "cloudformation:DescribeStacks", kRead, describe_stacks},
    Row{"ListStacks", "cloudformation:ListStacks", kRead, list_stacks},
    Row{"GetTemplate", "cloudformation:GetTemplate", kRead, get_template},
    Row{"GetTemplateSummary", "cloudformation:GetTemplateSummary", kRead, get_template_summary},
    Row{"ValidateTemplate", "cloudformation:ValidateTemplate", kRead, validate_template},
    Row{"DescribeStackResource", "cloudformation:DescribeStackResource", kRead,
        describe_stack_resource},
    Row{"DescribeStackResources", "cloudformation:DescribeStackResources", kRead,
        describe_stack_resources},
    Row{"ListStackResources", "cloudformation:ListStackResources", kRead, list_stack_resources},
    Row{"DescribeStackEvents", "cloudformation:DescribeStackEvents", kRead, describe_stack_events},
    Row{"CreateChangeSet", "cloudformation:CreateChangeSet", kWrite, create_change_set},
    Row{"DescribeChangeSet", "cloudformation:DescribeChangeSet", kRead, describe_change_set},
    Row{"ExecuteChangeSet", "cloudformation:ExecuteChangeSet", kWrite, execute_change_set},
    Row{"DeleteChangeSet", "cloudformation:DeleteChangeSet", kWrite, delete_change_set},
    Row{"ListChangeSets", "cloudformation:ListChangeSets", kRead, list_change_sets},
};

// The stack's ARN; its unique part stands as "*" when the stack is named, since it is not known
// from the parameters. A change set that is named by its ARN alone: "*", and
// Stacks::find_change_set judges again, on its stack.
Result<guard::Target> target_of(const Scope& scope, const sdk::Input& input) {
  const auto name = json::text_or(input.parameters, "StackName");
  if (name.size() > 2'048) {
    return fail(Code::Invalid, "'stackName' may have at most 2,048 characters", "ValidationError");
  }
  if (name.empty()) return guard::Target{};
  if (!stack_name_of(scope, name)) return no_stack(name);
  if (is_arn(name)) return guard::Target{.resource = name};
  return guard::Target{.resource = "arn:aws:cloudformation:" + scope.region.text() + ":" +
                                   scope.account.text() + ":stack/" + name + "/*"};
}

// The permit's commit as a call that waits: every operation here takes long, so it runs on a thread
// that may.
Permitted permitted_by(guard::Permit& permit) {
  auto commit = [&permit](ports::Batch batch) {
    return wait_for<Result<ports::Committed>>(
        [&](auto done) { permit.commit(std::move(batch), std::move(done)); });
  };
  return {.call = permit.call(),
          .commit = std::move(commit),
          .note = [&permit](guard::EventClasses classes) { permit.note(classes); },
          .will_answer = [&permit](const auto& answer) { permit.will_answer(answer); },
          .asked = [&permit](const auto& inner,
                             const auto& decision) { permit.asked(inner, decision); }};
}

}  // namespace

guard::OperationTable cloudformation_operations(Stacks& stacks) {
  guard::OperationTable table;
  for (const auto& row : kRows) {
    table.push_back(
        {.service = "cloudformation",
         .name = row.name,
         .action = row.action,
         .access = row.access,
         .category = sdk::EventCategory::Management,
         .target = target_of,
         .handle =
             [&stacks, handle = row.handle](const std::shared_ptr<guard::Permit>& permit,
                                            sdk::Input input, sdk::Reply reply) {
               const auto permitted = permitted_by(*permit);
               auto answer = handle(
                   {.stacks = stacks, .parameters = input.parameters, .permitted = permitted});
               if (!answer) return reply(std::unexpected(std::move(answer).error()));
               sdk::Output output;
               output.result = std::move(*answer);
               reply(std::move(output));
             },
         .secret_parameters = kSecret,
         .takes_long = true});  // reads templates, waits for commits
  }
  return table;
}

}  // namespace sextant::deploy
