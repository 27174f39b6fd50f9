#include "intel/parsers/log_types/ecs_columns.h"

#include <algorithm>
#include <map>
#include <string>

#include "core/strings.h"

namespace sextant::intel {
namespace {

// Names below a prefix, with blanks between; a letter behind the colon says the type of those that
// are no keywords.
struct FieldSet {
  std::string_view prefix;
  std::string_view names;
};

constexpr FieldSet kSets[] = {
    {"", "message:t tags"},
    {"agent", "build.original ephemeral_id id name type version"},
    {"client",
     "address bytes:l domain ip:i mac nat.ip:i nat.port:l packets:l port:l "
     "registered_domain subdomain top_level_domain"},
    {"server",
     "address bytes:l domain ip:i mac nat.ip:i nat.port:l packets:l port:l "
     "registered_domain subdomain top_level_domain"},
    {"source",
     "address bytes:l domain ip:i mac nat.ip:i nat.port:l packets:l port:l "
     "registered_domain subdomain top_level_domain"},
    {"destination",
     "address bytes:l domain ip:i mac nat.ip:i nat.port:l packets:l port:l "
     "registered_domain subdomain top_level_domain"},
    {"cloud",
     "account.id account.name availability_zone instance.id instance.name machine.type "
     "project.id project.name provider region service.name"},
    {"container",
     "cpu.usage:f disk.read.bytes:l disk.write.bytes:l id image.hash.all image.name image.tag "
     "memory.usage:f name network.egress.bytes:l network.ingress.bytes:l runtime "
     "security_context.privileged:b"},
    {"data_stream", "dataset namespace type"},
    {"device", "id manufacturer model.identifier model.name serial_number"},
    {"dns",
     "header_flags id op_code question.class question.name question.registered_domain "
     "question.subdomain question.top_level_domain question.type resolved_ip:i response_code type"},
    {"ecs", "version"},
    {"email",
     "bcc.address cc.address content_type delivery_timestamp:d direction from.address local_id "
     "message_id origination_timestamp:d reply_to.address sender.address subject to.address "
     "x_mailer"},
    {"error", "code id message:t stack_trace type"},
    {"event",
     "action agent_id_status category code created:d dataset duration:l end:d hash id ingested:d "
     "kind module original outcome provider reason reference risk_score:f risk_score_norm:f "
     "sequence:l severity:l start:d timezone type url"},
    {"faas", "coldstart:b execution id name trigger.request_id trigger.type version"},
    {"file",
     "accessed:d attributes created:d ctime:d device directory drive_letter extension "
     "fork_name gid group inode mime_type mode mtime:d name owner path size:l target_path type "
     "uid hash.md5 hash.sha1 hash.sha256 hash.sha384 hash.sha512 hash.ssdeep hash.tlsh"},
    {"group", "domain id name"},
    {"host",
     "architecture boot.id cpu.usage:f disk.read.bytes:l disk.write.bytes:l domain hostname id "
     "ip:i mac name network.egress.bytes:l network.egress.packets:l network.ingress.bytes:l "
     "network.ingress.packets:l pid_ns_ino type uptime:l"},
    {"http",
     "request.body.bytes:l request.body.content request.bytes:l request.id request.method "
     "request.mime_type request.referrer response.body.bytes:l response.body.content "
     "response.bytes:l response.mime_type response.status_code:l version"},
    {"log",
     "file.path level logger origin.file.line:l origin.file.name origin.function "
     "syslog.appname syslog.facility.code:l syslog.facility.name syslog.hostname syslog.msgid "
     "syslog.priority:l syslog.procid syslog.severity.code:l syslog.severity.name "
     "syslog.version"},
    {"network",
     "application bytes:l community_id direction forwarded_ip:i iana_number name packets:l "
     "protocol transport type inner.vlan.id inner.vlan.name vlan.id vlan.name"},
    {"observer",
     "egress.interface.alias egress.interface.id egress.interface.name egress.vlan.id "
     "egress.vlan.name egress.zone hostname ingress.interface.alias ingress.interface.id "
     "ingress.interface.name ingress.vlan.id ingress.vlan.name ingress.zone ip:i mac name product "
     "serial_number type vendor version"},
    {"orchestrator",
     "api_version cluster.id cluster.name cluster.url cluster.version namespace organization "
     "resource.id resource.ip:i resource.name resource.parent.type resource.type type"},
    {"organization", "id name"},
    {"package",
     "architecture build_version checksum description install_scope installed:d license name "
     "path reference size:l type version"},
    {"process",
     "args args_count:l command_line end:d entity_id executable exit_code:l interactive:b name "
     "parent.args parent.command_line parent.entity_id parent.executable parent.exit_code:l "
     "parent.name parent.pid:l parent.start:d parent.title pgid:l pid:l start:d thread.id:l "
     "thread.name title uptime:l vpid:l working_directory hash.md5 hash.sha1 hash.sha256 "
     "hash.sha512"},
    {"registry", "data.bytes data.strings data.type hive key path value"},
    {"related", "hash hosts ip:i user"},
    {"rule", "author category description id license name reference ruleset uuid version"},
    {"service",
     "address environment ephemeral_id id name node.name node.role node.roles state type version"},
    {"span", "id"},
    {"threat",
     "feed.name feed.reference framework group.id group.name indicator.confidence "
     "indicator.description indicator.first_seen:d indicator.ip:i indicator.last_seen:d "
     "indicator.name indicator.port:l indicator.provider indicator.reference indicator.type "
     "software.id software.name software.type tactic.id tactic.name tactic.reference technique.id "
     "technique.name technique.reference technique.subtechnique.id technique.subtechnique.name"},
    {"tls",
     "cipher client.certificate client.hash.md5 client.hash.sha1 client.hash.sha256 client.issuer "
     "client.ja3 client.not_after:d client.not_before:d client.server_name client.subject "
     "client.supported_ciphers curve established:b next_protocol resumed:b server.certificate "
     "server.hash.md5 server.hash.sha1 server.hash.sha256 server.issuer server.ja3s "
     "server.not_after:d server.not_before:d server.subject version version_protocol"},
    {"trace", "id"},
    {"transaction", "id"},
    {"url",
     "domain extension fragment full original password path port:l query registered_domain "
     "scheme subdomain top_level_domain username"},
    {"user_agent", "device.name name original version"},
    {"volume",
     "bus_type default_access device_name device_type dos_name file_system_type mount_name nt_name "
     "product_id product_name removable:b serial_number size:l vendor_id vendor_name writable:b"},
    {"vulnerability",
     "category classification description enumeration id reference report_id scanner.vendor "
     "score.base:f score.environmental:f score.temporal:f score.version severity"},
};

// Field sets that stand below others too.
struct Reuse {
  std::string_view names;
  std::string_view prefixes;
};

constexpr Reuse kReused[] = {
    {"number:l organization.name", "client.as destination.as server.as source.as"},
    {"city_name continent_code continent_name country_iso_code country_name location.lat:f "
     "location.lon:f name postal_code region_iso_code region_name timezone",
     "client.geo destination.geo server.geo source.geo host.geo observer.geo"},
    {"domain email full_name hash id name roles group.domain group.id group.name",
     "user user.changes user.effective user.target client.user destination.user server.user "
     "source.user process.user"},
    {"family full kernel name platform type version", "host.os observer.os user_agent.os"},
    {"account.id account.name availability_zone instance.id instance.name machine.type project.id "
     "project.name provider region service.name",
     "cloud.origin cloud.target"},
    {"address environment ephemeral_id id name node.name node.role state type version",
     "service.origin service.target"},
    {"digest_algorithm exists:b signing_id status subject_name team_id timestamp:d trusted:b "
     "valid:b",
     "file.code_signature process.code_signature"},
};

EcsType type_of(std::string_view letter) {
  switch (letter.empty() ? ' ' : letter.front()) {
    case 't': return EcsType::Text;
    case 'i': return EcsType::Ip;
    case 'l': return EcsType::Long;
    case 'f': return EcsType::Double;
    case 'b': return EcsType::Boolean;
    case 'd': return EcsType::Date;
    default: return EcsType::Keyword;
  }
}

using Columns = std::map<std::string, EcsType, std::less<>>;

void add(std::string_view prefix, std::string_view names, Columns& columns) {
  for (const auto name : split(names, ' ')) {
    const auto colon = std::min(name.find(':'), name.size());
    auto column = std::string(prefix) + (prefix.empty() ? "" : ".");
    column += name.substr(0, colon);
    columns[std::move(column)] = type_of(name.substr(std::min(colon + 1, name.size())));
  }
}

const Columns& all_columns() {
  static const auto kColumns = [] {
    Columns columns;
    for (const auto& [prefix, names] : kSets) add(prefix, names, columns);
    for (const auto& [names, prefixes] : kReused) {
      for (const auto prefix : split(prefixes, ' ')) add(prefix, names, columns);
    }
    columns["@timestamp"] = EcsType::Date;
    return columns;
  }();
  return kColumns;
}

}  // namespace

std::optional<EcsType> ecs_type(std::string_view column) {
  const auto& columns = all_columns();
  const auto found = columns.find(column);
  return found == columns.end() ? std::nullopt : std::optional(found->second);
}

const std::vector<std::string_view>& ecs_columns() {
  static const auto kNames = [] {
    std::vector<std::string_view> names;
    for (const auto& [name, type] : all_columns()) names.emplace_back(name);
    return names;
  }();
  return kNames;
}

}  // namespace sextant::intel
