// Against a domain that the test plays; the real one is tests/dist's.
#include "adapters/opensearch/sink.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "core/encoding.h"
#include "core/guarded.h"
#include "core/strings.h"
#include "tests/support/server_test.h"

namespace sextant::adapters {
namespace {

using ports::Document;

struct Asked {
  std::string method;
  std::string target;
  std::string type = {};
  std::string authorization = {};
  std::string body = {};
};

class OpenSearchSinkTest : public test::ServerTest {
 protected:
  void play(net::ServerOptions options = {}) {
    start(
        [this](net::Request request, net::Responder respond) {
          Asked asked{.method = request.method, .target = std::string(request.path())};
          asked.type = net::find_header(request.headers, "content-type").value_or("");
          asked.authorization = net::find_header(request.headers, "authorization").value_or("");
          read_all(std::move(request.body), 64 << 20,
                   [this, asked, respond = std::move(respond)](Result<std::string> body) mutable {
                     asked.body = body.value_or("");
                     all_.with([&](auto& all) { all.push_back(asked); });
                     respond(answer(asked));
                   });
        },
        std::move(options));
  }
  std::unique_ptr<OpenSearchSink> open(OpenSearchSettings settings = {}) {
    if (settings.endpoint.empty()) settings.endpoint = url("/");
    auto opened = OpenSearchSink::open(std::move(settings));
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  std::vector<Asked> asked() {
    return all_.with([](const auto& all) { return all; });
  }
  static std::size_t documents_in(const Asked& asked) {
    return (split(asked.body, '\n').size() - 1) / 2;
  }
  static net::Response all_created(const Asked& asked) {
    std::string items;
    for (std::size_t i = 0; i < documents_in(asked); ++i)
      items += std::string(i > 0 ? "," : "") + R"({"create":{"status":201}})";
    return test::text_response(200, R"({"items":[)" + items + "]}");
  }

  std::function<net::Response(const Asked&)> answer = all_created;

 private:
  Guarded<std::vector<Asked>> all_;
};

TEST_F(OpenSearchSinkTest, ThePutSaysWhoWeAreAndThatTheTemplateComesFirst) {
  play();
  const auto sink = open({.user = "sextant",
                          .password = "geheim",
                          .template_name = "logs",
                          .template_json = R"({"t":1})"});
  ASSERT_TRUE(sink->put("logs-1", std::vector<Document>{{"a", "{}"}}));
  ASSERT_TRUE(sink->put("logs-1", std::vector<Document>{{"b", "{}"}}));
  const auto calls = asked();
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(calls[0].method + calls[0].target, "PUT/_index_template/logs");
  EXPECT_EQ(calls[0].body, R"({"t":1})");
  EXPECT_EQ(calls[0].type, "application/json");
  EXPECT_EQ(calls[1].method + calls[1].target, "POST/logs-1/_bulk");
  EXPECT_EQ(calls[1].type, "application/x-ndjson");
  EXPECT_EQ(calls[2].target, "/logs-1/_bulk");
  for (const auto& call : calls) EXPECT_EQ(call.authorization, "Basic " + base64("sextant:geheim"));
}

TEST_F(OpenSearchSinkTest, ATemplateThatIsRefusedStopsThePutAndIsTriedAgain) {
  play();
  bool refuse = true;
  answer = [&](const Asked& call) {
    if (call.method != "PUT") return all_created(call);
    return test::text_response(refuse ? 403 : 200, "{}");
  };
  const auto sink = open({.template_name = "logs", .template_json = "{}"});
  EXPECT_EQ(sink->put("logs-1", std::vector<Document>{{"a", "{}"}}).error().code, Code::Denied);
  refuse = false;
  EXPECT_TRUE(sink->put("logs-1", std::vector<Document>{{"a", "{}"}}));
  EXPECT_EQ(asked().size(), 3u);
}

TEST_F(OpenSearchSinkTest, PartialFailuresAreToldRecordByRecord) {
  play();
  answer = [](const Asked&) {
    return test::text_response(
        200, R"({"items":[{"create":{"status":201}},{"create":{"status":400,"error":{"type":"m"}}},
                 {"create":{"status":409,"error":{"type":"version_conflict_engine_exception"}}},
                 {"create":{"status":429,"error":{"type":"r"}}}]})");
  };
  const auto report = open()->put(
      "logs-1", std::vector<Document>{{"a", "{}"}, {"b", "{}"}, {"c", "{}"}, {"d", "{}"}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->created, 1u);
  EXPECT_EQ(report->existing, 1u);
  ASSERT_EQ(report->refused.size(), 2u);
  EXPECT_EQ(report->refused[0].position, 1u);
  EXPECT_EQ(report->refused[0].error.code, Code::Invalid);
  EXPECT_EQ(report->refused[1].position, 3u);
  EXPECT_EQ(report->refused[1].error.code, Code::Exhausted);
}

TEST_F(OpenSearchSinkTest, WhatWholeAnswersMeanForTheCaller) {
  play();
  const auto sink = open();
  const std::pair<int, Code> cases[] = {{401, Code::Denied},      {403, Code::Denied},
                                        {500, Code::Unavailable}, {503, Code::Unavailable},
                                        {404, Code::Unavailable}, {200, Code::Unavailable},
                                        {302, Code::Unavailable}};
  for (const auto& [status, code] : cases) {
    answer = [status = status](const Asked&) { return test::text_response(status, "why"); };
    const auto report = sink->put("logs-1", std::vector<Document>{{"a", "{}"}});
    ASSERT_FALSE(report) << status;
    EXPECT_EQ(report.error().code, code) << status;
  }
  server_.reset();
  EXPECT_EQ(sink->put("logs-1", std::vector<Document>{{"a", "{}"}}).error().code,
            Code::Unavailable);
}

TEST_F(OpenSearchSinkTest, LargeCallsAreCutIntoRequests) {
  play();
  const std::vector<Document> documents(10, {"id", "{" + std::string(998, ' ') + "}"});
  const auto sink = open({.request_bytes_max = 3'200});
  const auto report = sink->put("logs-1", documents);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->created, 10u);
  std::vector<std::size_t> sizes;
  for (const auto& call : asked()) sizes.push_back(documents_in(call));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 3, 1}));
}

TEST_F(OpenSearchSinkTest, AFullQueueInTheMiddleOfACallRefusesOnlyTheRest) {
  play();
  answer = [this](const Asked& call) {
    return asked().size() < 2 ? all_created(call) : test::text_response(429, "queue");
  };
  const std::vector<Document> documents(3, {"id", "{" + std::string(998, ' ') + "}"});
  const auto report = open({.request_bytes_max = 1'000})->put("logs-1", documents);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->created, 1u);
  ASSERT_EQ(report->refused.size(), 2u);
  EXPECT_EQ(report->refused[1].position, 2u);
  EXPECT_EQ(report->refused[1].error.code, Code::Exhausted);
}

TEST_F(OpenSearchSinkTest, WhoeverAsksToBeLeftAloneGetsNoOtherCall) {
  play();
  int status = 0;
  std::optional<std::string> told;
  answer = [&](const Asked& call) {
    if (asked().size() % 2 == 1) return all_created(call);
    auto response = test::text_response(status, "slow down");
    if (told) response.headers.emplace_back("Retry-After", *told);
    return response;
  };
  const std::vector<Document> documents(6, {"id", "{" + std::string(998, ' ') + "}"});
  const auto sink = open({.request_bytes_max = 2'200});
  struct Case {
    int status;
    std::optional<std::string> told;
    std::optional<std::chrono::seconds> wanted;
  };
  std::size_t calls = 0;
  for (const auto& [code, header, wanted] :
       {Case{429, "7", std::chrono::seconds(7)}, Case{503, "30", std::chrono::seconds(30)},
        Case{429, std::nullopt, std::nullopt}}) {
    status = code;
    told = header;
    const auto report = sink->put("logs-1", documents);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->created, 2u);
    ASSERT_EQ(report->refused.size(), 4u) << "of the call that was refused, and of the next";
    EXPECT_EQ(report->refused.front().position, 2u);
    EXPECT_EQ(report->refused.front().error.code, Code::Exhausted);
    EXPECT_EQ(report->retry_after, wanted);
    EXPECT_EQ(asked().size(), calls += 2);
  }
}

TEST_F(OpenSearchSinkTest, AlsoTheTemplateWaitsWhenItIsTooMuch) {
  play();
  bool is_busy = true;
  answer = [&](const Asked& call) {
    if (call.method != "PUT" || !is_busy) return all_created(call);
    auto response = test::text_response(429, "{}");
    response.headers.emplace_back("Retry-After", "3");
    return response;
  };
  const auto sink = open({.template_name = "logs", .template_json = "{}"});
  const std::vector<Document> documents{{"a", "{}"}, {"b", "{}"}};
  const auto report = sink->put("logs-1", documents);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->refused.size(), 2u);
  EXPECT_EQ(report->retry_after, std::chrono::seconds(3));
  EXPECT_EQ(asked().size(), 1u);
  is_busy = false;
  EXPECT_EQ(sink->put("logs-1", documents)->created, 2u);
  EXPECT_EQ(asked().size(), 3u);
}

TEST_F(OpenSearchSinkTest, WhatTheDomainTakesIsFoundByHalves) {
  play();
  answer = [](const Asked& call) {
    return call.body.size() > 1'000 ? test::text_response(413, "") : all_created(call);
  };
  std::vector<Document> documents(7, {"id", "{}"});
  documents[4].json = "{" + std::string(2'000, ' ') + "}";
  for (auto& document : documents) document.json += std::string(300, ' ');
  const auto report = open()->put("logs-1", documents);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->created, 6u);
  ASSERT_EQ(report->refused.size(), 1u);
  EXPECT_EQ(report->refused[0].position, 4u);
  EXPECT_EQ(report->refused[0].error.code, Code::Invalid);
}

TEST_F(OpenSearchSinkTest, TlsWithACertificateOfOnesOwn) {
  const test::TestCertificate certificate(folder_ / "tls");
  net::ServerOptions options;
  options.tls = certificate.files;
  play(std::move(options));
  const std::vector<Document> documents{{"a", "{}"}};
  const auto trusted = open({.endpoint = secure_url(""),
                             .user = "u",
                             .password = "p",
                             .ca_file = certificate.files.certificate_chain});
  EXPECT_TRUE(trusted->put("logs-1", documents));
  const auto unknown = open({.endpoint = secure_url("")});
  EXPECT_EQ(unknown->put("logs-1", documents).error().code, Code::Unavailable);
}

TEST(OpenSearchSink, EndpointsThatCannotBe) {
  const std::pair<const char*, bool> cases[] = {{"https://search.example", true},
                                                {"http://127.0.0.1:9200", true},
                                                {"http://localhost:9200/", true},
                                                {"http://[::1]:9200", true},
                                                {"http://search.example", false},
                                                {"http://127.0.0.1.example", false},
                                                {"https://u:p@search.example", false},
                                                {"https://search.example/?q", false},
                                                {"ftp://127.0.0.1", false},
                                                {"", false}};
  for (const auto& [endpoint, fits] : cases) {
    const auto opened = OpenSearchSink::open({.endpoint = endpoint, .user = "u", .password = "p"});
    EXPECT_EQ(opened.has_value(), fits) << endpoint;
    EXPECT_TRUE(fits || opened.error().code == Code::Invalid) << endpoint;
  }
  EXPECT_TRUE(OpenSearchSink::open({.endpoint = "http://search.example"}));
}

}  // namespace
}  // namespace sextant::adapters
