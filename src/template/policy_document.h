#pragma once
// Policy documents in templates: their form is checked here, where the place is known; guard/iam
// gives them their meaning.
#include <string>

#include "template/node.h"
#include "template/template.h"

namespace sextant::templates {

class AppBuilder;

// The document as JSON text; "" when it is wrong (reported). owner: "AWS::IAM::Role 'Collector'".
std::string policy_text(const Node& document, PolicyUse use, const std::string& owner,
                        AppBuilder& builder);

// Any evaluated node as JSON text. Scalars become strings, except true and false outside quotes:
// that is what IAM reads, and no number loses its zeros.
std::string json_text(const Node& node);

// {"Version":…,"Statement":[Allow sts:AssumeRole to Service lambda.amazonaws.com]}
std::string lambda_trust_policy();

}  // namespace sextant::templates
