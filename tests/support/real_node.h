#pragma once
// For tests of a whole node: one with a data folder of its own, called by its root.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "core/credentials_file.h"
#include "core/hash.h"
#include "core/sigv4.h"
#include "net/http_client.h"
#include "server/node/node.h"
#include "tests/support/raw_client.h"
#include "tests/support/temporary_folder.h"

namespace sextant::test {

class RealNodeTest : public testing::Test {
 protected:
  RealNodeTest() {
    server::NodeOptions options;
    options.data = (folder_ / "data").string();
    options.scope = {AccountId("000000000000"), Region("us-east-1")};
    options.port = 0;
    auto started = server::Node::start(options);
    EXPECT_TRUE(started) << started.error().message;
    node_ = std::move(*started);
    root_ = *read_credentials_file(folder_ / "data/credentials");
  }

  struct Call {
    std::string service;
    std::string method;
    std::string path;  // with its query
    std::string body = {};
  };

  net::Headers signed_headers(const Call& call) const {
    const auto mark = std::min(call.path.find('?'), call.path.size());
    sigv4::SignedRequest signing{
        .method = call.method,
        .path = call.path.substr(0, mark),
        .query = call.path.substr(std::min(mark + 1, call.path.size())),
        .headers = {{"host", "127.0.0.1:" + std::to_string(node_->port())}},
        .payload_hash = sha256_hex(call.body)};
    sigv4::sign(root_, "us-east-1", call.service, SystemClock().now(), signing);
    return signing.headers;
  }

  Result<net::ClientResponse> send(const Call& call) {
    net::ClientRequest request;
    request.method = call.method;
    request.url = url(call.path);
    request.body = call.body;
    request.headers = signed_headers(call);
    return http_.send(request);
  }
  int status_of(const Call& call) {
    const auto response = send(call);
    return response ? response->status : 0;
  }

  // The request as it goes over the wire; its body may come later, or never.
  std::string head_of(const Call& call, const net::Headers& headers) const {
    std::string text = call.method + " " + call.path + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    if (!call.body.empty()) text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
    return text + "\r\n";
  }
  std::string bytes_of(const Call& call) const {
    return head_of(call, signed_headers(call)) + call.body;
  }
  // Of an open endpoint.
  int status_of_open(const std::string& name) {
    const auto response = http_.send({.url = url("/_sextant/" + name)});
    return response ? response->status : 0;
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(node_->port()) + path;
  }

  TemporaryFolder folder_;
  sigv4::Credentials root_;
  std::unique_ptr<server::Node> node_;
  net::HttpClient http_;
};

}  // namespace sextant::test
