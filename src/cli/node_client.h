#pragma once
// How commands talk to a node: one endpoint, requests signed with the credentials that AWS tools
// would use, or the ones in the node's data folder.
#include <string>
#include <utility>

#include "cli/aws_client.h"
#include "cli/exit_code.h"
#include "core/result.h"
#include "core/sigv4.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sextant::cli {

// Options that every command has.
struct NodeOptions {
  std::string
      endpoint;      // --endpoint, SEXTANT_ENDPOINT, AWS_ENDPOINT_URL, else http://127.0.0.1:4566
  std::string data;  // --data, SEXTANT_DATA, else the user's data folder
  bool names_data =
      false;  // --data or SEXTANT_DATA is given: who the shell is elsewhere is nothing
  std::string
      region;  // --region, else (unless names_data) AWS_REGION, AWS_DEFAULT_REGION, else us-east-1
  std::string ca_file;  // --ca-file, AWS_CA_BUNDLE, SSL_CERT_FILE; "": whom the system trusts
  std::string output = "text";  // --output text|json
  bool json() const { return output == "json"; }
};

void add_node_options(CLI::App& command, NodeOptions& options);

std::string default_data_folder();  // $XDG_DATA_HOME/sextant or ~/.local/share/sextant

// Unless the options name a data folder: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else the file
// AWS_SHARED_CREDENTIALS_FILE names. Else <data>/credentials. NotFound says where it looked.
Result<sigv4::Credentials> find_credentials(const NodeOptions& options);

class NodeClient : public AwsClient {
 public:
  // Errors: what of the options or the files they name is wrong; nothing is sent.
  static Result<NodeClient> open(const NodeOptions& options);

 private:
  explicit NodeClient(AwsClient client) : AwsClient(std::move(client)) {}
};

// Prints the error for a person and gives the exit code that fits.
ExitCode report(const Error& error);

// As report(), when it is the command line, or a file given to it, that is wrong.
ExitCode report_usage(const Error& error);

}  // namespace sextant::cli
