#include "services/s3/names.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/log.h"

namespace sextant::services::s3 {
namespace {

bool is_bucket_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool looks_like_ipv4(std::string_view name) {
  return std::ranges::count(name, '.') == 3 &&
         std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

Result<> check_bucket_name(std::string_view name) {
  const bool right_size = name.size() >= 3 && name.size() <= 63;
  const bool right_ends = right_size && name.front() != '-' && name.front() != '.' &&
                          name.back() != '-' && name.back() != '.';
  if (right_ends && std::ranges::all_of(name, is_bucket_character) && !name.contains("..") &&
      !looks_like_ipv4(name)) {
    return {};
  }
  return fail(
      Code::Invalid,
      "The specified bucket is not valid: '" + std::string(name.substr(0, 64)) +
          "' must be 3 to 63 lower-case letters, digits, '-' or '.', and begin and end with a "
          "letter or digit",
      "InvalidBucketName");
}

Result<> check_key(std::string_view key) {
  if (key.empty()) return invalid_argument("The object key must not be empty");
  if (key.size() > kKeyBytesMaxS3)
    return fail(Code::Invalid, "Your key is too long", "KeyTooLongError");
  if (key.contains('\0') || !valid_utf8(key)) {
    return invalid_argument("The object key must be UTF-8 without NUL");
  }
  return {};
}

std::string bucket_arn(std::string_view bucket) { return "arn:aws:s3:::" + std::string(bucket); }

std::string object_arn(std::string_view bucket, std::string_view key) {
  return bucket_arn(bucket) + "/" + std::string(key);
}

std::unexpected<Error> no_such_bucket(std::string_view bucket) {
  return fail(Code::NotFound, "The specified bucket does not exist: " + std::string(bucket),
              "NoSuchBucket");
}

std::unexpected<Error> no_such_key(std::string_view key) {
  return fail(Code::NotFound, "The specified key does not exist: " + std::string(key), "NoSuchKey");
}

std::unexpected<Error> no_such_upload(std::string_view upload_id) {
  return fail(
      Code::NotFound,
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
      "been aborted or completed: " +
          std::string(upload_id),
      "NoSuchUpload");
}

std::unexpected<Error> invalid_argument(std::string message) {
  return fail(Code::Invalid, std::move(message), "InvalidArgument");
}

namespace {

struct Words {
  Code code;  // as the caller hears it
  std::string_view name;
  std::string_view message;
};

Words words_of(Code code) {
  switch (code) {
    case Code::Invalid:
      return {Code::Invalid, "InvalidRequest", "The request cannot be carried out as it is."};
    case Code::Conflict:
      return {Code::Conflict, "OperationAborted",
              "A conflicting conditional operation is currently in progress against this resource. "
              "Try again."};
    case Code::Denied: return {Code::Denied, "AccessDenied", "Access Denied"};
    case Code::Exhausted:
      return {Code::Exhausted, "SlowDown",
              "A queue or the disk of the node is full. Please reduce your request rate."};
    case Code::Unavailable: return {Code::Unavailable, "ServiceUnavailable", "Please try again."};
    case Code::NotFound:  // what a record says is there
    case Code::Corrupt: break;
  }
  return {Code::Corrupt, "InternalError", "We encountered an internal error. Please try again."};
}

}  // namespace

Error as_s3_error(Error error) {
  if (!error.name.empty()) return error;
  const auto words = words_of(error.code);
  if (words.code == Code::Corrupt)
    log::error("something stored cannot be read", {{"error", error.message}});
  return {words.code, std::string(words.message), std::string(words.name)};
}

Error as_body_error(Error error) {
  if (error.name.empty() && error.code == Code::Invalid) error.name = "IncompleteBody";
  if (error.name.empty() && error.code == Code::Unavailable) error.name = "RequestTimeout";
  return as_s3_error(std::move(error));
}

}  // namespace sextant::services::s3
