// Two deploys of one stack at once: the second comes right after the first has read the stack. What
// the second was told is done stays done.
#include <utility>

#include "deploy/deploy_fixture.h"

namespace sextant::deploy {
namespace {

using boost::json::array;
using boost::json::object;

// Calls `meanwhile` once, after the first read of `key`.
class InterruptedState final : public ports::StateStore {
 public:
  InterruptedState(const ports::StateStore& inner, std::string key)
      : inner_(inner), key_(std::move(key)) {}
  Result<std::optional<ports::Entry>> get(std::string_view key) const override {
    auto entry = inner_.get(key);
    if (key == key_ && meanwhile) std::exchange(meanwhile, {})();
    return entry;
  }
  Result<std::vector<ports::Entry>> scan(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const override {
    return inner_.scan(prefix, after, limit);
  }

  mutable std::function<void()> meanwhile;

 private:
  const ports::StateStore& inner_;
  const std::string key_;
};

std::string template_of(const std::string& bucket, const std::string& team = "") {
  return "Parameters:\n  Team: {Type: String, Default: '" + team +
         "'}\nResources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: " + bucket +
         ", Tags: [{Key: team, Value: !Ref Team}]}}\n";
}

class TwoDeploysTest : public DeployTest {
 protected:
  InterruptedState state_{store_, store::keys::stack(kScope, "demo")};
  Stacks first_{DeployParts{.scope = kScope,
                            .clock = clock_,
                            .log = store_,
                            .state = state_,
                            .configuration = *configuration_},
                HandlerRules{}, [this](const sdk::Call& call) { return gate_.judge(call); }};
  static sdk::Call call_by(sdk::Principal principal) {
    sdk::Call call;
    call.scope = kScope;
    call.principal = std::move(principal);
    return call;
  }
  const sdk::Call call_ = call_by(root_);
  const Permitted permitted_{
      call_, [this](ports::Batch batch) { return ports::commit(store_, std::move(batch)); }};

  static std::string error_of(const auto& result) {
    return result ? std::string() : result.error().name;
  }
  StackRecord demo() const { return *stacks_.find("demo"); }
};

TEST_F(TwoDeploysTest, OfTwoThatCreateOneWins) {
  state_.meanwhile = [&] { EXPECT_EQ(deploy("CreateStack", template_of("bbb")).error, ""); };
  const auto told =
      first_.create({.name = "demo", .template_text = template_of("aaa")}, permitted_);
  EXPECT_EQ(error_of(told), "OperationInProgressException");
  EXPECT_TRUE(has_bucket("bbb"));
  EXPECT_FALSE(has_bucket("aaa"));
}

TEST_F(TwoDeploysTest, APreviousValueIsTheOneThatIsThere) {
  ASSERT_EQ(deploy("CreateStack", template_of("aaa")).error, "");
  state_.meanwhile = [&] {
    const array parameters{object{{"ParameterKey", "Team"}, {"ParameterValue", "blue"}}};
    EXPECT_EQ(
        run("UpdateStack",
            {{"StackName", "demo"}, {"UsePreviousTemplate", true}, {"Parameters", parameters}})
            .error,
        "");
  };
  const auto told = first_.update({.name = "demo",
                                   .parameters = {{.name = "Team"}},
                                   .tags = std::map<std::string, std::string>{{"k", "v"}}},
                                  permitted_);
  EXPECT_EQ(error_of(told), "OperationInProgressException");
  EXPECT_EQ(demo().input.parameters.at("Team"), "blue");
}

TEST_F(TwoDeploysTest, AChangeSetIsExecutedOnWhatItWasMadeFor) {
  ASSERT_EQ(deploy("CreateStack", template_of("aaa")).error, "");
  ASSERT_EQ(
      run("CreateChangeSet",
          {{"StackName", "demo"}, {"ChangeSetName", "set"}, {"TemplateBody", template_of("ccc")}})
          .error,
      "");
  state_.meanwhile = [&] {
    EXPECT_EQ(run("DeleteStack", {{"StackName", "demo"}}).error, "");
    EXPECT_EQ(deploy("CreateStack", template_of("bbb")).error, "");
  };
  EXPECT_EQ(error_of(first_.execute_change_set("demo", "set", permitted_)),
            "OperationInProgressException");
  EXPECT_TRUE(has_bucket("bbb"));
  EXPECT_FALSE(has_bucket("ccc"));
}

TEST_F(TwoDeploysTest, ARefusalDoesNotHideWhatWasDeployedMeanwhile) {
  state_.meanwhile = [&] { EXPECT_EQ(deploy("CreateStack", template_of("bbb")).error, ""); };
  const auto nobody = call_by({.kind = sdk::PrincipalKind::AssumedRole,
                               .account = kScope.account,
                               .arn = "arn:aws:sts::000000000000:assumed-role/nobody/s",
                               .role_arn = "arn:aws:iam::000000000000:role/nobody"});
  const auto told = first_.create({.name = "demo", .template_text = template_of("aaa")},
                                  {nobody, permitted_.commit});
  EXPECT_EQ(error_of(told), "AccessDenied");
  EXPECT_TRUE(is_made(demo()));
  EXPECT_EQ(demo().history.size(), 1u);
}

TEST_F(TwoDeploysTest, ARemovedStackIsNotUpdated) {
  ASSERT_EQ(deploy("CreateStack", template_of("aaa")).error, "");
  state_.meanwhile = [&] { EXPECT_EQ(run("DeleteStack", {{"StackName", "demo"}}).error, ""); };
  const auto told =
      first_.update({.name = "demo", .template_text = template_of("bbb")}, permitted_);
  EXPECT_EQ(error_of(told), "OperationInProgressException");
  EXPECT_FALSE(has(store::keys::stack(kScope, "demo")));
}

}  // namespace
}  // namespace sextant::deploy
