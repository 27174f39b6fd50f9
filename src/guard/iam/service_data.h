#pragma once
// What AWS's services call their actions, condition keys and resources, for telling a typo from a
// permission. An extract for the services that Sextant speaks (service_data.txt); of all others the
// prefix only. tools/iam_data refreshes it.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::guard::iam {

struct KnownAction {
  std::string_view name;  // "PutObject"
  char level = 'W';       // List, Read, Write, Permissions management, Tagging: their first letter
  std::vector<std::string_view> resource_types;  // empty: only "*" fits
};

struct KnownResource {
  std::string_view name;  // "bucket"
  std::string_view arn;   // "arn:${Partition}:s3:::${BucketName}"
};

// A name may end in a placeholder: "aws:RequestTag/${TagKey}".
struct KnownKey {
  std::string_view name;
  std::string_view type;  // String, ArrayOfString, ARN, Bool, Numeric, Date, IPAddress
};

struct KnownService {
  std::vector<KnownAction> actions;
  std::vector<KnownResource> resources;
  std::vector<KnownKey> keys;
};

class ServiceData {
 public:
  static const ServiceData& get();  // read on first use; any thread

  // Prefixes of all of AWS's services ("s3"), sorted.
  const std::vector<std::string_view>& prefixes() const { return prefixes_; }
  // nullptr: not one of those whose actions are known. Lower case.
  const KnownService* find(std::string_view prefix) const;
  const std::vector<KnownKey>& global_keys() const { return global_keys_; }
  // Whether AWS says that requests may carry several values of the key, written in any case.
  bool is_multivalued(std::string_view key) const;

 private:
  explicit ServiceData(std::string_view text);
  void take(std::string_view kind, std::string_view rest, KnownService*& service);

  std::vector<std::string_view> prefixes_;
  std::vector<KnownKey> global_keys_;
  std::map<std::string_view, KnownService> services_;
};

// Whether a key, as written in a policy, is the known one, placeholders taken into account.
bool is_key(const KnownKey& known, std::string_view written);

}  // namespace sextant::guard::iam
