// What bounds the memory that a template takes, whatever its size on paper.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "template/evaluator.h"
#include "template/template_test_parse.h"
#include "template/yaml_reader.h"

namespace sextant::templates {
namespace {

constexpr long kAllowedKib = 256 * 1024;

long most_memory_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

// `variables` in Globals, and so many functions that get them.
std::string with_globals(const std::string& variables, int functions) {
  std::string text =
      "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n    Environment:\n      "
      "Variables:\n" +
      variables + "Resources:\n";
  for (int i = 0; i < functions; ++i) {
    text += "  F" + std::to_string(i) +
            ": {Type: AWS::Serverless::Function, Properties: {Runtime: sextant.native, Handler: "
            "parsers.alb}}\n";
  }
  return text;
}

std::string summary_findings(const std::string& text) {
  const auto summary = summarize(text, "t.yaml");
  return summary ? std::string() : to_text(summary.error());
}

TEST(TemplateBounds, SmallTextsCannotGrowWithoutBound) {
  const std::string text = "Parameters:\n  P: {Type: String, Default: '" + repeated("x", 4'000) +
                           "'}\nResources:\n  B: {Type: AWS::S3::Bucket}\nOutputs:\n  O: {Value: "
                           "!Sub '" +
                           repeated("${P}", 20'000) + "'}\n";
  EXPECT_TRUE(findings(text).contains("grow beyond 32 MiB"));
}

TEST(TemplateBounds, AJoinIsRefusedBeforeItIsMade) {
  const std::string text =
      "Resources:\n  B: {Type: AWS::S3::Bucket}\nOutputs:\n  O: {Value: "
      "!Join ['" +
      repeated("x", 500'000) + "', [" + repeated("a,", 2'000) + "a]]}\n";
  const auto before = most_memory_kib();
  EXPECT_TRUE(findings(text).contains("grow beyond 32 MiB"));
  EXPECT_LT(most_memory_kib() - before, kAllowedKib);
}

TEST(TemplateBounds, GlobalsCountForEachFunctionThatGetsThem) {
  std::string variables;
  for (int i = 0; i < 200; ++i) variables += "        V" + std::to_string(i) + ": x\n";
  EXPECT_EQ(findings(with_globals(variables, 20)), "");
  const auto many = with_globals(variables, 240);
  const std::string refusal =
      "t.yaml:4:5: the template has more than 50000 values once its 240 functions have the "
      "Globals; "
      "split it into several stacks";
  EXPECT_EQ(findings(many), refusal);
  EXPECT_EQ(summary_findings(many), refusal);
}

TEST(TemplateBounds, LongGlobalsCountByTheirText) {
  const auto text = with_globals("        V: '" + repeated("x", 800'000) + "'\n", 400);
  const auto before = most_memory_kib();
  EXPECT_TRUE(summary_findings(text).contains("would grow beyond 32 MiB once its 400 functions"));
  EXPECT_LT(most_memory_kib() - before, kAllowedKib);
}

}  // namespace
}  // namespace sextant::templates
