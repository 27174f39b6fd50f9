#include "intel/enrichers/user_agent.h"

#include "core/hash.h"
#include "intel/enrichers/added_columns.h"
#include "intel/enrichers/user_agent_patterns.h"

namespace sextant::intel {

extern const std::string_view kUserAgentsText;  // user_agents_text.cc.in

namespace {

std::string os_full(const UserAgent& agent) {
  return agent.os_version.empty() ? std::string() : agent.os_name + " " + agent.os_version;
}

struct Column {
  const char* name;
  std::string (*text)(const UserAgent&);
};
constexpr Column kColumns[] = {
    {"user_agent.name", [](const UserAgent& agent) { return agent.name; }},
    {"user_agent.version", [](const UserAgent& agent) { return agent.version; }},
    {"user_agent.os.name", [](const UserAgent& agent) { return agent.os_name; }},
    {"user_agent.os.version", [](const UserAgent& agent) { return agent.os_version; }},
    {"user_agent.os.full", os_full},
    {"user_agent.device.name", [](const UserAgent& agent) { return agent.device; }},
};

ArrayPtr column_of(const Column& column, const std::vector<UserAgent>& agents,
                   const std::vector<std::int32_t>& rows) {
  Dictionary texts;
  std::vector<std::int32_t> codes(agents.size(), sdk::NumberColumn<std::int32_t>::kNull);
  for (std::size_t i = 0; i < agents.size(); ++i) {
    if (const auto text = column.text(agents[i]); !text.empty()) codes[i] = texts.add(text);
  }
  auto cells = spread(rows, codes);
  return sdk::make_dictionary_array(cells, rows.size(), texts.finish());
}

class UserAgentStage final : public sdk::Stage {
 public:
  UserAgentStage(const UserAgentPatterns& patterns, const WiderSchema& schema)
      : patterns_(patterns), schema_(schema) {}

  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override {
    const auto originals = find_texts(rows.batch, "user_agent.original");
    if (originals == nullptr) return emit(std::move(rows));
    const auto& texts = static_cast<const arrow::StringArray&>(*originals->dictionary());
    std::vector<UserAgent> agents;
    for (std::int64_t i = 0; i < texts.length(); ++i)
      agents.push_back(patterns_.read(texts.GetView(i)));
    const auto distinct = rows_to_distinct(*originals);
    AddedColumns added;
    for (const auto& column : kColumns) added.add(column.name, column_of(column, agents, distinct));
    rows.batch = schema_.with(rows.batch, added);
    return emit(std::move(rows));
  }

 private:
  const UserAgentPatterns& patterns_;
  const WiderSchema& schema_;
};

class UserAgentPrepared final : public sdk::Prepared {
 public:
  std::unique_ptr<sdk::Stage> start(const sdk::Source&) const override {
    return std::make_unique<UserAgentStage>(*patterns_, schema_);
  }
  std::string data_hash() const override { return std::string(user_agents_hash()); }

 private:
  const std::shared_ptr<const UserAgentPatterns> patterns_ = UserAgentPatterns::shared();
  WiderSchema schema_;
};

}  // namespace

std::string_view user_agents_hash() {
  static const auto kHash = sha256_hex(kUserAgentsText);
  return kHash;
}

const sdk::Function kUserAgentEnricher{
    .id = "enrichers.user_agent",
    .title = "User agent",
    .summary = "Tells browser, tool, system and device by user_agent.original.",
    .status = sdk::Status::Stable,
    .input = sdk::Trust::Untrusted,
    .takes = sdk::Takes::Rows,
    .prepare = [](const sdk::Configuration&) -> Result<std::shared_ptr<const sdk::Prepared>> {
      return std::make_shared<UserAgentPrepared>();
    }};

}  // namespace sextant::intel
