#pragma once
// A node played by the test, for tests of commands: answers what the test says, and keeps what it
// was asked.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/node_client.h"
#include "core/guarded.h"
#include "net/http_server.h"

namespace sextant::test {

struct Asked {
  std::string method;
  std::string target;
  net::Headers headers;
  std::string body;
};

class PlayedNodeTest : public testing::Test {
 protected:
  PlayedNodeTest() {
    ::setenv("AWS_ACCESS_KEY_ID", "AKIDTEST", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    net::ServerOptions options;
    options.port = 0;
    auto started = net::HttpServer::start(
        options,
        [this](net::Request request, net::Responder respond) {
          Asked asked{request.method, request.target, request.headers, {}};
          read_all(std::move(request.body), 1 << 20,
                   [this, asked = std::move(asked),
                    respond = std::move(respond)](Result<std::string> body) mutable {
                     asked.body = body ? std::move(*body) : body.error().message;
                     all_.with([&](auto& all) { all.push_back(asked); });
                     respond(answer(asked));
                   });
        },
        registry_);
    EXPECT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
    cli::NodeOptions node;
    node.endpoint = "http://127.0.0.1:" + std::to_string(server_->port());
    node.region = "us-east-1";
    auto opened = cli::NodeClient::open(node);
    EXPECT_TRUE(opened) << opened.error().message;
    client_.emplace(std::move(*opened));
  }

  std::vector<Asked> asked() {
    return all_.with([](auto& all) { return all; });
  }

  std::function<net::Response(const Asked&)> answer;
  std::optional<cli::NodeClient> client_;

 private:
  metrics::Registry registry_;
  Guarded<std::vector<Asked>> all_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace sextant::test
