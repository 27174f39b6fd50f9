#pragma once
// The file format of AWS shared credentials (~/.aws/credentials): the node writes its root key in
// it, the command line and every AWS SDK read it.
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sigv4.h"

namespace sextant {

// The keys of [profile]; other profiles and other settings are passed over. Invalid names the line
// that is none of section, setting and comment; NotFound if the profile, its key id or its secret
// is missing.
Result<sigv4::Credentials> parse_credentials(std::string_view text,
                                             std::string_view profile = "default");
Result<sigv4::Credentials> read_credentials_file(const std::filesystem::path& path,
                                                 std::string_view profile = "default");

// Replaces the whole file by this one profile; mode 0600, durable on return. Errors as
// write_file_atomic(); Invalid if a value cannot stand on a line.
Result<> write_credentials_file(const std::filesystem::path& path,
                                const sigv4::Credentials& credentials,
                                std::string_view profile = "default");

}  // namespace sextant
