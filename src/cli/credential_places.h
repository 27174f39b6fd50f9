#pragma once
// The places where AWS's tools look for keys, each asked by itself. NotFound: that place is not in
// use here, so the next one is asked; any other error is the place's own.
#include "cli/credential_documents.h"
#include "cli/source_options.h"

namespace sextant::cli {

// AWS_ACCESS_KEY_ID … unless the shell's variables are a node's.
Result<TemporaryCredentials> keys_of_environment(const Environment& environment);

// AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials, profile `profile`, AWS_PROFILE or default. A
// profile that is named must be there (Invalid).
Result<TemporaryCredentials> keys_of_file(const Environment& environment,
                                          const std::string& profile);

// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, at STS.
Result<TemporaryCredentials> keys_of_web_identity(const Environment& environment,
                                                  const SourceOptions& options);

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI; without https only from this machine and
// the addresses of ECS and EKS (Invalid).
Result<TemporaryCredentials> keys_of_container(const Environment& environment);

// The EC2 instance's role, by IMDSv2, unless AWS_EC2_METADATA_DISABLED.
Result<TemporaryCredentials> keys_of_instance(const Environment& environment);

// STS AssumeRole with `own` keys. Errors: Denied, and as AwsClient::call.
Result<TemporaryCredentials> assume_role(const SourceOptions& options,
                                         const sigv4::Credentials& own);

}  // namespace sextant::cli
