#pragma once
// The operations of S3, one function each; operations.cc puts them into the table.
#include <array>
#include <boost/json/object.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "services/s3/s3_service.h"

namespace sextant::services::s3 {

using S3Ptr = std::shared_ptr<S3Context>;

// buckets.cc
void create_bucket(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void head_bucket(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void delete_bucket(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void list_buckets(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
// put_object.cc, get_object.cc, delete_object.cc, list_objects.cc
void put_object(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void get_object(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void head_object(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void delete_object(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void list_objects_v2(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
// multipart.cc, complete_multipart.cc
void create_multipart_upload(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void upload_part(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void complete_multipart_upload(const S3Ptr& s3, PermitPtr permit, sdk::Input input,
                               sdk::Reply reply);
void abort_multipart_upload(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void list_parts(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void list_multipart_uploads(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply);

// Headers that S3 stores and gives back: parameter name and header name.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kStoredHeaders{{
    {"CacheControl", "cache-control"},
    {"ContentDisposition", "content-disposition"},
    {"ContentEncoding", "content-encoding"},
    {"ContentLanguage", "content-language"},
    {"Expires", "expires"},
}};
store::ObjectAttributes attributes_of(const boost::json::object& parameters);

}  // namespace sextant::services::s3
