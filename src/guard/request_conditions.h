#pragma once
// What a received request itself says of condition keys, beyond what its operation knows: a Deny on
// a key that nobody supplies would silently not apply. Source:
// docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
#include <string_view>

#include "core/clock.h"
#include "guard/authenticate.h"
#include "sdk/call.h"

namespace sextant::guard {

// aws:referer of its header; for S3 also how and when it was signed (s3:authType,
// s3:signatureversion, s3:signatureAge in milliseconds) and each x-amz-… header that is a condition
// key there. The request was authenticated; what cannot be read gives no key. Any thread.
sdk::ConditionContext request_conditions(const SignedRequest& request, std::string_view service,
                                         Time now);

}  // namespace sextant::guard
