#include "intel/enrichers/geo_database.h"

#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/encoding.h"
#include "core/hash.h"
#include "intel/enrichers/geo_paths.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kRecordsAShard = 4096;
constexpr std::uint32_t kSampledNodes = 4096;

class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// A file without a name: however the process ends, nothing of it stays. -1 and errno otherwise.
int open_unnamed(const std::filesystem::path& folder) {
  const int unnamed = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0 || errno != EOPNOTSUPP) return unnamed;
  auto name = (folder / "sextant-geoip-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

// Hands every piece of the file to `use`, which may fail.
template <typename Use>
Result<> read_pieces(const std::filesystem::path& path, Use&& use) {
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) {
    return fail(errno == ENOENT ? Code::NotFound : Code::Denied, std::strerror(errno));
  }
  std::string piece(1 << 20, '\0');
  for (;;) {
    const auto count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Code::Unavailable, std::strerror(errno));
    if (count == 0) return {};
    SX_TRY(use(std::string_view(piece.data(), static_cast<std::size_t>(count))));
  }
}

Result<> write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Code::Exhausted, std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

std::optional<double> number_of(const MMDB_entry_data_s& data) {
  switch (data.type) {
    case MMDB_DATA_TYPE_DOUBLE: return data.double_value;
    case MMDB_DATA_TYPE_FLOAT: return static_cast<double>(data.float_value);
    case MMDB_DATA_TYPE_UINT16: return data.uint16;
    case MMDB_DATA_TYPE_UINT32: return data.uint32;
    case MMDB_DATA_TYPE_INT32: return data.int32;
    case MMDB_DATA_TYPE_UINT64: return static_cast<double>(data.uint64);
    case MMDB_DATA_TYPE_UTF8_STRING: return parse_geo_number({data.utf8_string, data.data_size});
    default: return std::nullopt;
  }
}

}  // namespace

struct GeoDatabase::Reader {
  MMDB_s handle = {};
  int error = MMDB_IO_ERROR;  // of opening
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (error == MMDB_SUCCESS) MMDB_close(&handle);
  }
  // The value at the path inside the record, when it is there.
  std::optional<MMDB_entry_data_s> value(std::uint32_t place, Path path) const {
    MMDB_entry_s entry{.mmdb = &handle, .offset = place};
    MMDB_entry_data_s data = {};
    const bool found = MMDB_aget_value(&entry, &data, path) == MMDB_SUCCESS && data.has_data;
    return found ? std::optional(data) : std::nullopt;
  }
};

GeoDatabase::GeoDatabase(std::filesystem::path path)
    : path_(std::move(path)), reader_(std::make_unique<Reader>()) {}

GeoDatabase::~GeoDatabase() = default;

std::optional<GeoDatabase::Stamp> GeoDatabase::stamp_of(const std::filesystem::path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return Stamp{
      .inode = status.st_ino,
      .size = static_cast<std::uint64_t>(status.st_size),
      .modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

Result<> GeoDatabase::copy_into(int copy) {
  Hasher hasher(HashKind::Sha256);
  SX_TRY(read_pieces(path_, [&](std::string_view piece) {
    hasher.update(piece);
    return write_all(copy, piece);
  }));
  hash_ = hex(hasher.finish());
  return {};
}

Result<std::unique_ptr<const GeoDatabase>> GeoDatabase::open(const std::filesystem::path& path) {
  const auto where = "GeoIP database '" + path.string() + "'";
  const auto stamp = stamp_of(path);
  if (!stamp) {
    return fail(Code::NotFound, where +
                                    " is not there: put the file into the node's data folder "
                                    "(sextant node --files), or name another in GEOIP_DATABASES");
  }
  std::unique_ptr<GeoDatabase> database(new GeoDatabase(path));
  database->seen_ = *stamp;
  std::error_code nowhere;
  auto folder = std::filesystem::temp_directory_path(nowhere);
  if (nowhere) folder = "/tmp";
  const OpenFile copy(open_unnamed(folder));
  if (copy.number() < 0) {
    return fail(Code::Unavailable,
                where + " cannot be copied to " + folder.string() + ": " + std::strerror(errno));
  }
  const auto copied = database->copy_into(copy.number());
  if (!copied) {
    const auto& why = copied.error();
    return fail(why.code, where + " cannot be copied to " + folder.string() + ": " + why.message);
  }
  auto& reader = *database->reader_;
  const auto unnamed = "/proc/self/fd/" + std::to_string(copy.number());
  reader.error = MMDB_open(unnamed.c_str(), MMDB_MODE_MMAP, &reader.handle);
  if (reader.error != MMDB_SUCCESS) {
    return fail(Code::Corrupt, where + " cannot be used (" + MMDB_strerror(reader.error) +
                                   "): fetch the file again; it must be a whole .mmdb file");
  }
  database->learn_fields();
  return database;
}

// Goes over nodes spread through the tree and notes which of the known paths lead to something.
void GeoDatabase::learn_fields() {
  const auto& handle = reader_->handle;
  const auto nodes = handle.metadata.node_count;
  const auto step = std::max<std::uint32_t>(1, nodes / kSampledNodes);
  for (std::uint64_t node = 0; node < nodes; node += step) {
    MMDB_search_node_s records = {};
    if (MMDB_read_node(&handle, static_cast<std::uint32_t>(node), &records) != MMDB_SUCCESS) break;
    if (records.left_record_type == MMDB_RECORD_TYPE_DATA) {
      learn_from(records.left_record_entry.offset);
    }
    if (records.right_record_type == MMDB_RECORD_TYPE_DATA) {
      learn_from(records.right_record_entry.offset);
    }
  }
}

void GeoDatabase::learn_from(std::uint32_t place) {
  for (const auto& known : kGeoPaths) {
    auto& learnt = paths_[static_cast<std::size_t>(known.field)];
    if (std::find(learnt.begin(), learnt.end(), known.path) != learnt.end()) continue;
    const auto data = reader_->value(place, known.path);
    const bool wanted = static_cast<std::size_t>(known.field) < kGeoTexts
                            ? data && data->type == MMDB_DATA_TYPE_UTF8_STRING
                            : data && number_of(*data);
    if (wanted) learnt.push_back(known.path);
  }
}

std::string GeoDatabase::text_at(std::uint32_t place, GeoField field) const {
  for (const auto path : paths_[static_cast<std::size_t>(field)]) {
    const auto data = reader_->value(place, path);
    if (!data || data->type != MMDB_DATA_TYPE_UTF8_STRING || data->data_size == 0) continue;
    std::string text(data->utf8_string, data->data_size);
    if (valid_utf8(text)) return text;
  }
  return {};
}

std::optional<double> GeoDatabase::number_at(std::uint32_t place, GeoField field) const {
  for (const auto path : paths_[static_cast<std::size_t>(field)]) {
    const auto data = reader_->value(place, path);
    if (!data) continue;
    if (auto number = number_of(*data)) return number;
  }
  return std::nullopt;
}

GeoRecord GeoDatabase::read(std::uint32_t place) const {
  GeoRecord record;
  for (std::size_t field = 0; field < kGeoTexts; ++field) {
    record.texts[field] = text_at(place, static_cast<GeoField>(field));
  }
  for (std::size_t field = kGeoTexts; field < kGeoFields; ++field) {
    record.numbers[field - kGeoTexts] = number_at(place, static_cast<GeoField>(field));
  }
  auto& region = record.texts[static_cast<std::size_t>(GeoField::RegionIsoCode)];
  const auto& country = record.text(GeoField::CountryIsoCode);
  if (!region.empty() && !country.empty()) region = country + "-" + region;
  return record;
}

Result<> GeoDatabase::damaged(int error) const {
  return fail(Code::Corrupt, "GeoIP database '" + path_.string() + "' is damaged (" +
                                 MMDB_strerror(error) + "): fetch the file again");
}

Result<GeoRecordPtr> GeoDatabase::find(const sdk::IpAddress& address) const {
  const auto& handle = reader_->handle;
  if (!address.is_v4() && handle.metadata.ip_version == 4) return nullptr;
  int error = MMDB_SUCCESS;
  MMDB_lookup_result_s found = {};
  if (address.is_v4()) {
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(address.v4());
    found = MMDB_lookup_sockaddr(&handle, reinterpret_cast<const sockaddr*>(&v4), &error);
  } else {
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, address.bytes().data(), address.bytes().size());
    found = MMDB_lookup_sockaddr(&handle, reinterpret_cast<const sockaddr*>(&v6), &error);
  }
  if (error != MMDB_SUCCESS) {
    auto broken = damaged(error);
    return std::unexpected(std::move(broken.error()));
  }
  if (!found.found_entry) return nullptr;
  const auto place = found.entry.offset;
  auto& shard = shards_[(place * 0x9E3779B1U) >> 28];
  {
    std::lock_guard lock(shard.mutex);
    const auto known = shard.records.find(place);
    if (known != shard.records.end()) return known->second;
  }
  auto record = std::make_shared<const GeoRecord>(read(place));
  std::lock_guard lock(shard.mutex);
  if (shard.records.size() >= kRecordsAShard) shard.records.clear();
  shard.records.emplace(place, record);
  return record;
}

bool GeoDatabase::changed() const {
  const auto now = stamp_of(path_);
  if (!now) return true;
  std::lock_guard lock(seen_mutex_);
  if (*now == seen_) return seen_changed_;
  Hasher hasher(HashKind::Sha256);
  const auto read = read_pieces(path_, [&](std::string_view piece) -> Result<> {
    hasher.update(piece);
    return {};
  });
  seen_changed_ = !read || hex(hasher.finish()) != hash_;
  seen_ = *now;
  return seen_changed_;
}

}  // namespace sextant::intel
