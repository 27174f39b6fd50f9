#pragma once
// Names that S3 accepts, its ARNs and its errors. Sources: AWS's "General purpose bucket naming
// rules" and "Error responses" pages.
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/result.h"

namespace sextant::services::s3 {

inline constexpr std::size_t kKeyBytesMaxS3 = 1'024;

Result<> check_bucket_name(std::string_view name);  // InvalidBucketName
Result<> check_key(std::string_view key);  // KeyTooLongError, InvalidArgument (no UTF-8, NUL)

std::string bucket_arn(std::string_view bucket);  // arn:aws:s3:::bucket
std::string object_arn(std::string_view bucket, std::string_view key);

std::unexpected<Error> no_such_bucket(std::string_view bucket);
std::unexpected<Error> no_such_key(std::string_view key);
std::unexpected<Error> no_such_upload(std::string_view upload_id);
std::unexpected<Error> invalid_argument(std::string message);

// An error of a port as S3 words it: Exhausted -> SlowDown (503), Conflict -> OperationAborted, …
// What a port says is for the node's log: it may name files. Errors that have their name stay.
Error as_s3_error(Error error);
// The same of an error from reading a request's body, which is about what the client sent.
Error as_body_error(Error error);

}  // namespace sextant::services::s3
