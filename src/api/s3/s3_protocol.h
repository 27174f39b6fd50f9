#pragma once
// S3's REST protocol with XML documents, as a Protocol.
#include "api/protocol.h"

namespace sextant::api::s3 {

class S3Protocol final : public Protocol {
 public:
  Result<WireCall> parse(const net::Request& request) const override;
  Result<> add_document(std::string_view document, WireCall& call) const override;
  net::Response to_response(const WireCall& call, sdk::Output output,
                            const std::string& request_id) const override;
  net::Response to_error(const net::Request& request, const Error& error,
                         const std::string& request_id) const override;
  bool streams_bodies() const override { return true; }
  std::string_view too_large() const override { return "MaxMessageLengthExceeded"; }
};

}  // namespace sextant::api::s3
