#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

#include "cli/show.h"
#include "core/encoding.h"
#include "core/json.h"
#include "guard/audit/verify.h"
#include "server/commands/commands.h"
#include "server/commands/digest_folder.h"

namespace sextant::server {
namespace {

using cli::ExitCode;

// More would not say more: a checkpoint vouches for everything before it.
constexpr std::size_t kCheckpointsMax = 5'000;

struct AuditOptions {
  cli::NodeOptions node;
  std::string digests;
  std::string to;
  bool no_seal = false;
};

// Also of answers that do not speak of it.
bool is_intact(const boost::json::object& answer) {
  const auto* intact = json::find(answer, "Intact");
  return intact == nullptr || (intact->is_bool() && intact->get_bool());
}

Result<boost::json::object> post_json(cli::NodeClient& client, const std::string& path,
                                      const boost::json::object& document) {
  SX_TRY_AS(const auto response, client.call({.service = "sextant",
                                              .method = "POST",
                                              .path = "/_sextant/" + path,
                                              .headers = {{"content-type", "application/json"}},
                                              .body = json::to_text(document)}));
  SX_TRY_AS(auto answer, json::parse(response.body));
  if (!answer.is_object()) return fail(Code::Corrupt, "the node's answer is no JSON object");
  return std::move(answer.get_object());
}

Result<VerifyingKey> key_of(cli::NodeClient& client) {
  SX_TRY_AS(const auto answer, cli::get_json(client, "audit/public-key"));
  return VerifyingKey::from_pem(json::text_or(answer, "PublicKey"));
}

// The folder's digests are worth something only under the key that they began with.
Result<> check_key(const DigestFolder& folder, const VerifyingKey& key) {
  if (!folder.key() || folder.key()->fingerprint() == key.fingerprint()) return {};
  return fail(Code::Corrupt, "the node signs with another key than the exported digests' (" +
                                 key.fingerprint() + ", not " + folder.key()->fingerprint() +
                                 "): its log was begun anew");
}

Result<guard::SignedDigest> digest_of(const boost::json::value& row) {
  if (!row.is_object()) return fail(Code::Corrupt, "a digest of the node's is no JSON object");
  auto signature = from_base64(json::text_or(row.get_object(), "Signature"));
  if (!signature) return fail(Code::Corrupt, "a digest's signature is no base64");
  return guard::SignedDigest{.document = json::text_or(row.get_object(), "Document"),
                             .signature = std::move(*signature)};
}

// Calls visit(digest) for each of the node's digests behind `after`.
Result<> for_each_digest(cli::NodeClient& client, std::uint64_t after,
                         const std::function<Result<>(guard::SignedDigest)>& visit) {
  auto token = std::to_string(after);
  while (!token.empty()) {
    SX_TRY_AS(const auto page,
              cli::get_json(client, "audit/digests", "after=" + token + "&max_items=500"));
    const auto* digests = json::find(page, "Digests");
    if (digests == nullptr || !digests->is_array())
      return fail(Code::Corrupt, "the node's answer has no list of digests");
    for (const auto& row : digests->get_array()) {
      SX_TRY_AS(auto digest, digest_of(row));
      SX_TRY(visit(std::move(digest)));
    }
    token = json::text_or(page, "NextToken");
  }
  return {};
}

// The node's own digests must be the exported ones, from the first of those on.
Result<> compare(cli::NodeClient& client, const DigestFolder& folder) {
  if (folder.digests().empty()) return {};
  auto exported = folder.digests().begin();
  SX_TRY(for_each_digest(
      client, exported->digest.number - 1, [&](const guard::SignedDigest& own) -> Result<> {
        if (exported == folder.digests().end()) return {};
        const auto number = std::to_string(exported->digest.number);
        if (own.document != exported->made.document)
          return fail(Code::Corrupt, "digest " + number + " of the node is not the exported one");
        ++exported;
        return {};
      }));
  if (exported == folder.digests().end()) return {};
  return fail(Code::Corrupt, "the node no longer has digest " +
                                 std::to_string(exported->digest.number) + ", which was exported");
}

boost::json::array checkpoints_of(const DigestFolder& folder) {
  const auto& digests = folder.digests();
  const auto step = digests.size() / kCheckpointsMax + 1;
  boost::json::array points;
  for (std::size_t i = (digests.size() + step - 1) % step; i < digests.size(); i += step) {
    const auto& digest = digests[i].digest;
    const auto& chain = digest.chain;
    points.push_back(boost::json::object{
        {"sequence", digest.last},
        {"hash", hex({reinterpret_cast<const char*>(chain.data()), chain.size()})},
        {"source", "exported digest " + std::to_string(digest.number)}});
  }
  return points;
}

Result<boost::json::object> verified(cli::NodeClient& client, const AuditOptions& options) {
  if (options.digests.empty()) return cli::get_json(client, "audit/verify");
  SX_TRY_AS(const auto folder, DigestFolder::open(options.digests));
  if (folder.digests().empty())
    return fail(Code::NotFound, "there are no digests in '" + options.digests +
                                    "': export them with sextant audit digests --to");
  SX_TRY_AS(auto answer,
            post_json(client, "audit/verify", {{"checkpoints", checkpoints_of(folder)}}));
  answer["ExportedDigests"] = folder.digests().size();
  if (!is_intact(answer)) return answer;
  SX_TRY_AS(const auto key, key_of(client));
  SX_TRY(check_key(folder, key));
  SX_TRY(compare(client, folder));
  return answer;
}

std::string damage_text(const boost::json::object& answer) {
  const auto at = cli::cell(answer, "BrokenAt");
  return "audit log DAMAGED" + (at.empty() ? "" : " at sequence " + at) + ": " +
         cli::cell(answer, "Reason") + "\n";
}

std::string verified_text(const boost::json::object& answer) {
  const auto exported = cli::cell(answer, "ExportedDigests");
  return "audit log intact: " + cli::cell(answer, "Records") + " records, last sequence " +
         cli::cell(answer, "LastSequence") + ", chain " + cli::cell(answer, "LastChain") + "\n" +
         (exported.empty() ? "" : exported + " exported digests hold\n");
}

// What shows damage is a finding of the command, not a failure of it.
ExitCode end(const AuditOptions& options, const Result<boost::json::object>& answer,
             const cli::AsText& as_text) {
  if (!answer && answer.error().code != Code::Corrupt) return cli::report(answer.error());
  const auto told =
      answer ? *answer : boost::json::object{{"Intact", false}, {"Reason", answer.error().message}};
  cli::print(options.node, told, is_intact(told) ? as_text : damage_text);
  return is_intact(told) ? ExitCode::Ok : ExitCode::Damaged;
}

Result<boost::json::object> exported(cli::NodeClient& client, const AuditOptions& options) {
  if (!options.no_seal) SX_TRY(post_json(client, "audit/seal", {}));
  SX_TRY_AS(auto folder, DigestFolder::open(options.to));
  SX_TRY_AS(const auto key, key_of(client));
  SX_TRY(check_key(folder, key));
  if (!folder.key()) SX_TRY(folder.put_key(key));
  const auto before = folder.digests().size();
  SX_TRY(for_each_digest(client, folder.last_number(), [&](guard::SignedDigest digest) {
    return folder.add(std::move(digest));
  }));
  return boost::json::object{
      {"Exported", folder.digests().size() - before},
      {"Digests", folder.digests().size()},
      {"LastSequence", folder.digests().empty() ? 0 : folder.digests().back().digest.last},
      {"PublicKeyFingerprint", key.fingerprint()}};
}

std::string exported_text(const boost::json::object& answer) {
  return cli::cell(answer, "Exported") + " new digests, " + cli::cell(answer, "Digests") +
         " in all, up to record " + cli::cell(answer, "LastSequence") + "\n";
}

Result<boost::json::object> sealed(cli::NodeClient& client, const AuditOptions&) {
  return post_json(client, "audit/seal", {});
}

std::string sealed_text(const boost::json::object& answer) {
  return "sealed up to record " + cli::cell(answer, "LastSequence") + " by digest " +
         cli::cell(answer, "DigestNumber") + "\n";
}

using Ask = Result<boost::json::object> (*)(cli::NodeClient&, const AuditOptions&);

ExitCode run(const AuditOptions& options, Ask ask, const cli::AsText& as_text) {
  auto client = cli::NodeClient::open(options.node);
  if (!client) return cli::report_usage(client.error());
  return end(options, ask(*client, options), as_text);
}

struct Command {
  const char* name;
  const char* help;
  Ask ask;
  std::string (*as_text)(const boost::json::object&);
};

struct Added {
  CLI::App& command;
  AuditOptions& options;
};

Added add(CLI::App& audit, ExitCode& exit, const Command& row) {
  auto options = std::make_shared<AuditOptions>();
  auto* command = audit.add_subcommand(row.name, row.help);
  cli::add_node_options(*command, options->node);
  command->callback([options, row, &exit] { exit = run(*options, row.ask, row.as_text); });
  return {.command = *command, .options = *options};
}

}  // namespace

void add_audit(CLI::App& program, ExitCode& exit) {
  auto* audit = program.add_subcommand("audit", "The audit log");
  audit->require_subcommand(1);
  const auto verify =
      add(*audit, exit,
          {.name = "verify",
           .help = "Check the hash chain: finds a changed, removed or reordered record",
           .ask = verified,
           .as_text = verified_text});
  verify.command.add_option("--digests", verify.options.digests,
                            "Exported digests: finds also what was cut off or written anew");
  const auto digests = add(*audit, exit,
                           {.name = "digests",
                            .help = "Seal the log and export its signed digests",
                            .ask = exported,
                            .as_text = exported_text});
  digests.command.add_option("--to", digests.options.to, "Folder, best on another machine")
      ->required();
  digests.command.add_flag("--no-seal", digests.options.no_seal,
                           "Export only what is sealed already");
  add(*audit, exit,
      {.name = "seal",
       .help = "Sign a digest of what was recorded since the last one",
       .ask = sealed,
       .as_text = sealed_text});
}

}  // namespace sextant::server
