#include "deploy/change_classes.h"

#include <gtest/gtest.h>

namespace sextant::deploy {
namespace {

using guard::EventClass;

model::App an_app() {
  model::App app;
  app.roles["r"].name = "r";
  app.functions["f"].role_arn = "r";
  app.buckets["b"].notifications = {{.id = "n",
                                     .events = {"s3:ObjectCreated:*"},
                                     .prefix = {},
                                     .suffix = {},
                                     .function_arn = "f"}};
  app.buckets["plain"].name = BucketName("plain");
  return app;
}

TEST(ChangeClasses, SayWhatADeployChanges) {
  struct {
    const char* what;
    void (*change)(model::App&);
    bool permission;
    bool trigger;
  } const table[] = {
      {"nothing", [](auto&) {}, false, false},
      {"a timeout", [](auto& app) { app.functions["f"].timeout_s = 9; }, false, false},
      {"a plain bucket more", [](auto& app) { app.buckets["more"]; }, false, false},
      {"a plain bucket less", [](auto& app) { app.buckets.erase("plain"); }, false, false},
      {"a policy", [](auto& app) { app.roles["r"].inline_policies = {{"p", "{}"}}; }, true, false},
      {"a trust", [](auto& app) { app.roles["r"].trust_policy = "{}"; }, true, false},
      {"a managed policy", [](auto& app) { app.managed_policies["m"]; }, true, false},
      {"a permission", [](auto& app) { app.permissions.emplace_back(); }, true, false},
      {"a bucket's policy", [](auto& app) { app.buckets["b"].policy = "{}"; }, true, false},
      {"a function's role", [](auto& app) { app.functions["f"].role_arn = "x"; }, true, false},
      {"a trigger less", [](auto& app) { app.buckets.erase("b"); }, false, true},
      {"a trigger's prefix", [](auto& app) { app.buckets["b"].notifications[0].prefix = "p"; },
       false, true},
      {"everything", [](auto& app) { app = {}; }, true, true},
  };
  for (const auto& row : table) {
    auto after = an_app();
    row.change(after);
    for (const auto& classes : {change_classes(an_app(), after), change_classes(after, an_app())}) {
      EXPECT_EQ(classes.has(EventClass::PermissionChange), row.permission) << row.what;
      EXPECT_EQ(classes.has(EventClass::TriggerChange), row.trigger) << row.what;
    }
  }
}

}  // namespace
}  // namespace sextant::deploy
