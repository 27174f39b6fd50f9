#include "guard/audit/shown_names.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace sextant::guard {
namespace {

struct Row {
  const char* service;
  const char* given;
  const char* shown;
};

TEST(ShownNames, AreThoseOfCloudTrail) {
  const Row rows[] = {
      {"iam", R"({"UserName":"ann","Tags":[{"Key":"Team","Value":"Red"}]})",
       R"({"userName":"ann","tags":[{"key":"Team","value":"Red"}]})"},
      {"sts", R"({"RoleArn":"a","DurationSeconds":900})",
       R"({"roleArn":"a","durationSeconds":900})"},
      {"s3", R"({"Bucket":"b","Key":"K/V","MaxKeys":5,"UploadId":"u"})",
       R"({"bucketName":"b","key":"K/V","max-keys":5,"uploadId":"u"})"},
      {"s3", R"({"Metadata":{"Owner":"x"}})", R"({"metadata":{"Owner":"x"}})"},
      {"sextant", R"({"Bucket":"b","already":1,"":2})", R"({"bucket":"b","already":1,"":2})"},
      // What the call did, whatever else was sent with it.
      {"iam", R"({"UserName":"eve","userName":"bob"})", R"({"userName":"eve"})"},
      {"iam", R"({"userName":"bob","UserName":"eve"})", R"({"userName":"eve"})"},
      {"s3", R"({"bucketName":"a","Bucket":"b"})", R"({"bucketName":"b"})"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(boost::json::serialize(
                  shown_parameters(row.service, boost::json::parse(row.given).as_object(), {})),
              row.shown);
  }
}

TEST(ShownNames, SecretParametersAreNamedOnly) {
  constexpr std::array<std::string_view, 2> kSecret{"Password", "Absent"};
  const auto shown = shown_parameters(
      "iam", boost::json::parse(R"({"Password":{"Deep":"secret"},"UserName":"u"})").as_object(),
      kSecret);
  EXPECT_EQ(boost::json::serialize(shown),
            R"({"password":"HIDDEN_DUE_TO_SECURITY_REASONS","userName":"u"})");
}

TEST(ShownNames, AnswersKeepNoSecret) {
  const auto shown = shown_answer(
      boost::json::parse(
          R"({"Token":"t","NextToken":"n","AccessKey":{"AccessKeyId":"AKIA1","SecretAccessKey":"s"},)"
          R"("Credentials":[{"SessionToken":"t","Expiration":"e"}]})")
          .as_object());
  EXPECT_EQ(
      boost::json::serialize(shown),
      R"({"nextToken":"n","accessKey":{"accessKeyId":"AKIA1"},"credentials":[{"expiration":"e"}]})");
}

}  // namespace
}  // namespace sextant::guard
