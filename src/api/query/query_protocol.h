#pragma once
// AWS's Query protocol: a form in (Action=…&Parameters.member.1.ParameterKey=…), XML out.
// CloudFormation, IAM and STS speak it. Source:
// smithy.io/2.0/aws/protocols/aws-query-protocol.html.
#include "api/protocol.h"

namespace sextant::api::query {

class QueryProtocol final : public Protocol {
 public:
  // `xmlns` of the answers: "http://cloudformation.amazonaws.com/doc/2010-05-15/".
  explicit QueryProtocol(std::string xmlns) : xmlns_(std::move(xmlns)) {}
  Result<WireCall> parse(const net::Request& request) const override;
  Result<> add_document(std::string_view document, WireCall& call) const override;
  net::Response to_response(const WireCall& call, sdk::Output output,
                            const std::string& request_id) const override;
  net::Response to_error(const net::Request& request, const Error& error,
                         const std::string& request_id) const override;

 private:
  const std::string xmlns_;
};

}  // namespace sextant::api::query
