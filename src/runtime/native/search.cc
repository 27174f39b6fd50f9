#include "runtime/native/search.h"

#include <sys/stat.h>

#include <map>
#include <utility>

#include "core/guarded.h"
#include "runtime/native/search_stage.h"

namespace sextant::runtime::native {
namespace {

constexpr std::string_view kDefaultPrefix = "sextant";
constexpr std::size_t kNameBytesMax = 28;  // of a domain, as AWS has it
constexpr std::size_t kPrefixBytesMax = 60;

bool is_name(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && text.front() >= 'a' && text.front() <= 'z' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// Tells two states of a file apart.
struct FileState {
  std::int64_t inode = -1;
  std::int64_t size = -1;
  std::int64_t changed_ns = -1;
  friend bool operator==(const FileState&, const FileState&) = default;
};

FileState state_of(const std::string& path) {
  struct stat told{};
  if (::stat(path.c_str(), &told) != 0) return {};
  return {static_cast<std::int64_t>(told.st_ino), told.st_size,
          told.st_mtim.tv_sec * 1'000'000'000 + told.st_mtim.tv_nsec};
}

// What is known of domains, by their files, whoever called them. Any thread.
class KnownDomains {
 public:
  // As long as the file stays as it is: another one may name another domain.
  std::shared_ptr<LeftAloneUntil> left_alone(const std::string& file, const FileState& state) {
    return known_.with([&](auto& known) {
      auto& [of, until] = known[file];
      if (!until || !(of == state)) {
        of = state;
        until = std::make_shared<LeftAloneUntil>(Time::min());
      }
      return until;
    });
  }

 private:
  Guarded<std::map<std::string, std::pair<FileState, std::shared_ptr<LeftAloneUntil>>>> known_;
};

// A domain's sink of one revision, opened anew when the owner has changed its file: a new password
// counts from the next delivery on and makes no new revision.
class Domain {
 public:
  Domain(const OpenSink& open, std::shared_ptr<KnownDomains> known, std::string file,
         std::string prefix)
      : open_(open), known_(std::move(known)), file_(std::move(file)), prefix_(std::move(prefix)) {}

  Result<std::shared_ptr<SearchDomain>> open() {
    return opened_.with([&](Opened& opened) -> Result<std::shared_ptr<SearchDomain>> {
      const auto now = state_of(file_);
      if (opened.domain && opened.state == now) return opened.domain;
      SX_TRY_AS(auto sink, open_(file_, prefix_));
      opened = {now,
                std::make_shared<SearchDomain>(std::move(sink), known_->left_alone(file_, now))};
      return opened.domain;
    });
  }

 private:
  struct Opened {
    FileState state;
    std::shared_ptr<SearchDomain> domain;  // deliveries keep the one that they began with
  };
  const OpenSink open_;
  const std::shared_ptr<KnownDomains> known_;
  const std::string file_;
  const std::string prefix_;
  Guarded<Opened> opened_;
};

class SearchPrepared final : public sdk::Prepared {
 public:
  struct Settings {
    std::string domain;
    std::string prefix;
    bool passes_rows;
  };
  SearchPrepared(const SearchParts& parts, std::shared_ptr<KnownDomains> known, Settings settings,
                 std::string file)
      : clock_(parts.clock),
        settings_(std::move(settings)),
        domain_(std::make_unique<Domain>(parts.open, std::move(known), std::move(file),
                                         settings_.prefix)) {}

  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return std::make_unique<SearchStage>(SearchStage::Parts{.domain = domain_->open(),
                                                            .clock = clock_,
                                                            .prefix = settings_.prefix,
                                                            .passes_rows = settings_.passes_rows},
                                         source);
  }

  std::vector<sdk::OutsideCall> outside_calls() const override {
    const auto domain = "domain/" + settings_.domain + "/";
    return {{.service = "es", .operation = "ESHttpPost", .resource = domain + "_bulk"},
            {.service = "es",
             .operation = "ESHttpPut",
             .resource = domain + "_index_template/" + settings_.prefix}};
  }

 private:
  Clock& clock_;
  const Settings settings_;
  const std::unique_ptr<Domain> domain_;
};

std::string variable(const sdk::Configuration& configuration, const std::string& name,
                     std::string_view otherwise) {
  const auto found = configuration.variables.find(name);
  return found == configuration.variables.end() ? std::string(otherwise) : found->second;
}

Result<std::shared_ptr<const sdk::Prepared>> prepare(const SearchParts& parts,
                                                     std::shared_ptr<KnownDomains> known,
                                                     const sdk::Configuration& configuration) {
  auto domain = variable(configuration, "SEARCH_DOMAIN", "");
  if (!is_name(domain, kNameBytesMax)) {
    return fail(Code::Invalid, "SEARCH_DOMAIN '" + domain +
                                   "' is no domain's name: a-z 0-9 -, beginning with a letter, at "
                                   "most 28 characters");
  }
  auto prefix = variable(configuration, "SEARCH_INDEX_PREFIX", kDefaultPrefix);
  if (!is_name(prefix, kPrefixBytesMax)) {
    return fail(Code::Invalid, "SEARCH_INDEX_PREFIX '" + prefix +
                                   "' cannot begin an index's name: a-z 0-9 -, beginning with a "
                                   "letter, at most 60 characters");
  }
  auto file = search_domain_file(configuration.data_folder, domain);
  return std::make_shared<SearchPrepared>(
      parts, std::move(known),
      SearchPrepared::Settings{std::move(domain), std::move(prefix), !configuration.is_last},
      std::move(file));
}

}  // namespace

std::string search_domain_file(const std::string& data_folder, std::string_view domain) {
  return data_folder + "/search/" + std::string(domain) + ".json";
}

sdk::Function search_index_function(SearchParts parts) {
  return {.id = kSearchIndexId,
          .title = "Index in a search engine",
          .summary =
              "Puts rows into OpenSearch or Elasticsearch, each once, in the index of its "
              "own day; ends a chain, or stands before 'lake.land'.",
          .status = sdk::Status::Alpha,
          .input = sdk::Trust::Untrusted,
          .takes = sdk::Takes::Rows,
          .ends_chain = true,
          .waits_outside = true,
          .config = {{.name = "SEARCH_DOMAIN",
                      .help = "the domain, described in search/<domain>.json in the folder of the "
                              "node's --files",
                      .otherwise = ""},
                     {.name = "SEARCH_INDEX_PREFIX",
                      .help = "indices are <prefix>-<table>-<yyyy.mm.dd>",
                      .otherwise = kDefaultPrefix}},
          .prepare = [parts = std::move(parts), known = std::make_shared<KnownDomains>()](
                         const sdk::Configuration& configuration) {
            return prepare(parts, known, configuration);
          }};
}

}  // namespace sextant::runtime::native
