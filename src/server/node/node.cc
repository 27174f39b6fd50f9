#include "server/node/node.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "adapters/embedded/amnesiac_disk.h"
#include "adapters/embedded/blob_store.h"
#include "adapters/embedded/lake_files.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/embedded/store.h"
#include "api/operations.h"
#include "api/query/query_protocol.h"
#include "api/router.h"
#include "api/s3/s3_protocol.h"
#include "api/sextant/sextant_protocol.h"
#include "core/log.h"
#include "core/process_metrics.h"
#include "deploy/operations.h"
#include "deploy/stacks.h"
#include "dispatch/dispatcher.h"
#include "guard/audit/audit_log.h"
#include "guard/authenticate.h"
#include "guard/gate.h"
#include "guard/keys/credential_store.h"
#include "guard/keys/intake_tokens.h"
#include "guard/keys/node_keys.h"
#include "guard/long_calls.h"
#include "guard/snapshot_policy_source.h"
#include "intel/parsers/inventory_rows.h"
#include "intel/parsers/malformed_rows.h"
#include "intel/views.h"
#include "lake/delta_publisher.h"
#include "lake/file_lander.h"
#include "lake/manifest.h"
#include "lake/sweep.h"
#include "lake/upkeep.h"
#include "model/table_settings.h"
#include "patterns/event/bucket_events.h"
#include "ports/commit.h"
#include "server/node/catalogue.h"
#include "server/node/cloudtrail_rows.h"
#include "server/node/handler_rules.h"
#include "server/node/memory.h"
#include "server/node/preconditions.h"
#include "server/node/rest.h"
#include "services/audit/audit_service.h"
#include "services/iam/iam_service.h"
#include "services/intake/intake_service.h"
#include "services/inventory/inventory.h"
#include "services/lake/lake_service.h"
#include "services/node/node_service.h"
#include "services/s3/failure_bucket.h"
#include "services/s3/object_putter.h"
#include "services/s3/s3_service.h"
#include "services/sts/sts_service.h"
#include "store/bodies.h"
#include "store/configuration.h"
#include "store/scope_record.h"

namespace sextant::server {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds kRestAfter{10};  // without work

}  // namespace

// In the order of construction; destroyed in the opposite one.
struct Node::Parts {
  NodeOptions options;
  std::unique_ptr<net::BoundSocket> socket;
  SystemClock clock;
  metrics::Registry metrics;
  std::unique_ptr<adapters::Disk> disk;
  std::unique_ptr<adapters::EmbeddedStore> store;
  std::unique_ptr<adapters::EmbeddedBlobStore> blobs;
  std::unique_ptr<ports::LakeFiles> lake_files;
  std::unique_ptr<guard::CredentialStore> credentials;
  std::unique_ptr<guard::IntakeTokens> intake_tokens;
  std::unique_ptr<store::ConfigurationStore> configuration;
  std::unique_ptr<store::BodyStore> bodies;
  std::unique_ptr<guard::SnapshotPolicySource> policies;
  store::ConfigurationStore::Listening policy_changes;
  std::unique_ptr<guard::AuditLog> audit;
  std::unique_ptr<guard::LongCalls> long_calls;  // stopped before what its calls use
  std::unique_ptr<guard::Gate> gate;
  std::unique_ptr<lake::Manifest> manifest;
  std::unique_ptr<lake::DeltaPublisher> delta;
  std::unique_ptr<lake::Lander> lander;
  std::unique_ptr<services::s3::FailureBucket> failures;
  std::unique_ptr<services::inventory::Inventory> inventory;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
  std::unique_ptr<patterns::event::BucketEvents> events;
  std::unique_ptr<services::s3::ObjectPutter> object_putter;
  std::unique_ptr<deploy::Stacks> stacks;
  api::Operations operations;
  std::unique_ptr<guard::Authenticator> authenticator;
  std::unique_ptr<api::Router> router;
  std::unique_ptr<Rest> rest;
  std::unique_ptr<AuditRowMaker> audit_rows;
  std::unique_ptr<services::audit::Sealer> sealer;  // this and the next touch `rest`
  std::unique_ptr<lake::Upkeep> upkeep;
  store::ConfigurationStore::Listening table_changes;
  std::unique_ptr<net::HttpServer> server;

  bool is_busy() const;
  std::map<TableName, lake::TablePolicy> table_policies() const;
  Result<> open_storage();
  Result<> open_guard();
  Result<> open_lake();
  Result<> open_dispatch();
  void start_background();
  Result<> add_services();
  void add_intake();
  Result<> serve();
};

bool Node::Parts::is_busy() const {
  const auto functions = dispatcher->status();
  return std::ranges::any_of(functions, [](const auto& function) { return function.pending > 0; });
}

std::map<TableName, lake::TablePolicy> Node::Parts::table_policies() const {
  std::map<TableName, lake::TablePolicy> wanted;
  const auto current = configuration->current();
  for (const auto& [name, table] : current->tables) {
    if (const auto kept = model::retention_of(table)) wanted[name].kept = kept;
    if (auto unique = model::unique_columns_of(table); !unique.empty())
      wanted[name].unique = std::move(unique);
  }
  return wanted;
}

Result<> Node::Parts::open_storage() {
  const fs::path data(options.data);
  SX_TRY(make_folder(options.data));
  if (options.forget_unsynced) {
    SX_TRY_AS(disk, adapters::AmnesiacDisk::load(data));
  } else {
    disk = std::make_unique<adapters::PosixDisk>();
  }
  if (options.files.empty()) {
    options.files = (data / "files").string();
    SX_TRY(make_folder(options.files));
  }
  SX_TRY_AS(store, open_store(options.data, clock, *disk));
  SX_TRY(store::claim_for(options.scope, *store, *store));
  SX_TRY_AS(blobs, adapters::EmbeddedBlobStore::open(data / "blobs", {.disk = *disk}));
  SX_TRY_AS(lake_files, adapters::open_lake_files(*disk, data / "lake"));
  SX_TRY_AS(configuration, store::ConfigurationStore::open(*store, options.scope));
  bodies = std::make_unique<store::BodyStore>(*store, *store, *blobs);
  SX_TRY_AS(const auto swept, bodies->sweep());
  if (swept > 0)
    log::info("removed bytes that a crash left unused", {{"bodies", std::to_string(swept)}});
  return {};
}

Result<> Node::Parts::open_guard() {
  SX_TRY_AS(credentials,
            guard::CredentialStore::open(options.scope, clock, *store, *store, options.data));
  SX_TRY_AS(intake_tokens, guard::IntakeTokens::open(options.scope, *store));
  policies = std::make_unique<guard::SnapshotPolicySource>(
      guard::PolicySnapshot::make(*configuration->current()));
  policy_changes = configuration->listen(
      [this](const std::shared_ptr<const store::Configuration>& now) { policies->take(*now); });
  audit = std::make_unique<guard::AuditLog>(options.scope, clock, *store);
  long_calls = std::make_unique<guard::LongCalls>(guard::LongCalls::Limits{});
  gate = std::make_unique<guard::Gate>(options.scope, clock, *policies, *audit, long_calls.get());
  metrics.collect("sextant_gate_decisions_total",
                  "What the gate said to calls and to each step of delivery attempts",
                  metrics::Kind::Counter, [this] { return gate->decisions(); });
  return {};
}

Result<> Node::Parts::open_lake() {
  SX_TRY_AS(manifest, lake::Manifest::open(options.scope, *store, *store));
  SX_TRY(lake::sweep(*lake_files, *manifest));
  delta = lake::DeltaPublisher::start({.scope = options.scope,
                                       .clock = clock,
                                       .log = *store,
                                       .state = *store,
                                       .streams = *store,
                                       .files = *lake_files,
                                       .manifest = *manifest,
                                       .checkpoint_every = options.checkpoint_every,
                                       .readers_window = options.readers_window},
                                      metrics);
  upkeep = lake::Upkeep::open({.scope = options.scope,
                               .clock = clock,
                               .log = *store,
                               .files = *lake_files,
                               .manifest = *manifest,
                               .delta = *delta,
                               .policies = [this] { return table_policies(); },
                               .on_work = [this] { rest->touch(); },
                               .metrics = metrics},
                              {.readers_window = options.readers_window});
  lander = lake::make_file_lander({.clock = clock,
                                   .log = *store,
                                   .files = *lake_files,
                                   .manifest = *manifest,
                                   .metrics = metrics});
  return {};
}

Result<> Node::Parts::open_dispatch() {
  failures = std::make_unique<services::s3::FailureBucket>(options.scope, clock, *store);
  SX_TRY_AS(inventory, services::inventory::Inventory::open({.scope = options.scope,
                                                             .clock = clock,
                                                             .log = *store,
                                                             .state = *store,
                                                             .metrics = metrics}));
  dispatch::DispatcherOptions how;
  how.worker_threads = options.worker_threads;
  how.data_folder = options.files;
  SX_TRY_AS(dispatcher, dispatch::Dispatcher::start({.scope = options.scope,
                                                     .clock = clock,
                                                     .log = *store,
                                                     .state = *store,
                                                     .bodies = *bodies,
                                                     .configuration = *configuration,
                                                     .catalogue = catalogue(),
                                                     .gate = *gate,
                                                     .audit = *audit,
                                                     .lander = *lander,
                                                     .failures = *failures,
                                                     .metrics = metrics,
                                                     .inventory = inventory.get()},
                                                    how));
  events = std::make_unique<patterns::event::BucketEvents>(*configuration, *dispatcher);
  return {};
}

void Node::Parts::start_background() {
  rest = std::make_unique<Rest>(
      kRestAfter, [this] { return is_busy(); },
      [this] {
        lake_files->rest();
        release_memory();
      });
  upkeep->start();
  table_changes = configuration->listen(
      [this](const std::shared_ptr<const store::Configuration>&) { upkeep->policies_changed(); });
  auto open_key = [this] {
    const auto master = fs::path(options.data) / guard::kMasterKeyFile;
    return guard::open_signing_key(master, *store, *store);
  };
  audit_rows = std::make_unique<AuditRowMaker>(options.scope, *configuration, options.files);
  sealer =
      services::audit::Sealer::start({.scope = options.scope,
                                      .clock = clock,
                                      .log = *store,
                                      .state = *store,
                                      .streams = *store,
                                      .open_key = std::move(open_key),
                                      .lander = *lander,
                                      .make_cloudtrail_rows = [this] { return audit_rows->make(); },
                                      .on_sealed = [this] { rest->touch(); },
                                      .metrics = metrics});
}

Result<> Node::Parts::add_services() {
  SX_TRY_AS(const auto s3, services::s3::open({.scope = options.scope,
                                               .clock = clock,
                                               .log = *store,
                                               .state = *store,
                                               .bodies = *bodies,
                                               .events = *events}));
  operations.add(services::s3::operations(s3));
  object_putter = std::make_unique<services::s3::ObjectPutter>(s3);
  add_intake();
  operations.add(services::lake::operations(
      {.scope = options.scope,
       .files = *lake_files,
       .manifest = *manifest,
       .configuration = *configuration,
       .gate = *gate,
       .known_schemas = {{TableName("malformed"), intel::malformed_schema()},
                         {TableName("inventory"), intel::inventory_schema()}},
       .views = intel::views(),
       .long_calls = long_calls.get()}));
  operations.add(services::node::operations({.scope = options.scope,
                                             .clock = clock,
                                             .state = *store,
                                             .configuration = *configuration,
                                             .dispatcher = *dispatcher}));
  operations.add(
      services::audit::operations({.scope = options.scope, .streams = *store, .sealer = *sealer}));
  operations.add(services::iam::operations({.scope = options.scope,
                                            .clock = clock,
                                            .state = *store,
                                            .credentials = *credentials,
                                            .configuration = *configuration,
                                            .policies = *policies}));
  operations.add(services::sts::operations({.scope = options.scope,
                                            .clock = clock,
                                            .credentials = *credentials,
                                            .configuration = *configuration,
                                            .gate = *gate}));
  stacks = std::make_unique<deploy::Stacks>(
      deploy::DeployParts{.scope = options.scope,
                          .clock = clock,
                          .log = *store,
                          .state = *store,
                          .configuration = *configuration},
      handler_rules(options.files), [this](const sdk::Call& call) { return gate->judge(call); });
  operations.add(deploy::cloudformation_operations(*stacks));
  return {};
}

void Node::Parts::add_intake() {
  operations.add(services::intake::operations(
      {.scope = options.scope,
       .clock = clock,
       .state = *store,
       .configuration = *configuration,
       .bodies = *bodies,
       .tokens = *intake_tokens,
       .objects = *object_putter,
       .judge = [this](const sdk::Call& call) { return gate->judge(call); },
       .metrics = metrics}));
}

Result<> Node::Parts::serve() {
  authenticator = std::make_unique<guard::Authenticator>(*credentials, options.scope.region,
                                                         intake_tokens.get());
  router = std::make_unique<api::Router>(api::Router::Parts{.clock = clock,
                                                            .authenticator = *authenticator,
                                                            .gate = *gate,
                                                            .operations = operations,
                                                            .metrics = metrics});
  router->add("s3", std::make_unique<api::s3::S3Protocol>());
  router->add("cloudformation", std::make_unique<api::query::QueryProtocol>(
                                    "http://cloudformation.amazonaws.com/doc/2010-05-15/"));
  router->add("iam", std::make_unique<api::query::QueryProtocol>(
                         "https://iam.amazonaws.com/doc/2010-05-08/"));
  router->add("sts", std::make_unique<api::query::QueryProtocol>(
                         "https://sts.amazonaws.com/doc/2011-06-15/"));
  router->add("sextant", std::make_unique<api::sextant_http::SextantProtocol>());
  net::ServerOptions how;
  how.tls = options.tls;
  how.is_vital = api::Router::is_open_endpoint;
  SX_TRY_AS(server, net::HttpServer::start(
                        how, std::move(socket),
                        [this](net::Request request, net::Responder respond) {
                          rest->touch();
                          router->handle(std::move(request), std::move(respond));
                        },
                        metrics));
  router->set_ready(true);
  return {};
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() { stop(std::chrono::seconds(0)); }

Result<std::unique_ptr<Node>> Node::start(const NodeOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->options = options;
  if (options.address == "localhost") parts->options.address = "127.0.0.1";
  SX_TRY_AS(parts->socket, take_port(parts->options));
  SX_TRY(check(parts->options, *parts->socket));
  SX_TRY(within("data folder '" + options.data + "'", parts->open_storage()));
  metrics::add_process_metrics(parts->metrics);
  SX_TRY(parts->open_guard());
  SX_TRY(parts->open_lake());
  SX_TRY(parts->open_dispatch());
  parts->start_background();
  SX_TRY(parts->add_services());
  SX_TRY(parts->serve());
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

std::string Node::endpoint() const {
  const auto& options = parts_->options;
  const auto host = options.address.contains(':') ? "[" + options.address + "]" : options.address;
  return (options.tls ? "https://" : "http://") + host + ":" + std::to_string(port());
}

std::uint16_t Node::port() const { return parts_->server->port(); }

const api::Operations& Node::operations() const { return parts_->operations; }

void Node::stop(std::chrono::seconds longest) {
  if (!parts_->server) return;
  parts_->router->set_ready(false);
  parts_->server->drain(longest);
  parts_->server.reset();
  parts_->long_calls->stop();
  // Commits are told in order: what requests left in the queue is told while its listeners live.
  static_cast<void>(ports::commit(*parts_->store, {}));
  parts_->dispatcher->drain(longest);
}

}  // namespace sextant::server
