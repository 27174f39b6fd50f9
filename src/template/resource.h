#pragma once
// A resource as the template declares it, and the table of the types that there are.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/names.h"
#include "template/node.h"

namespace sextant::templates {

class AppBuilder;
struct Resource;
class Properties;

enum class Naming {
  None,       // has no name of its own
  Required,   // the template must give it
  Generated,  // made up when the template gives none
  Bucket,     // made up in the form of a bucket's name
};

struct ResourceType {
  std::string_view name;
  Naming naming = Naming::None;
  std::vector<std::string_view> name_path = {};  // where its name stands below Properties
  std::string_view attribute = {};               // the one that GetAtt knows; all are ARNs
  std::string (*arn)(const StackNames&, std::string_view path, std::string_view name) = nullptr;
  bool ref_is_arn = false;
  bool can_be_retained = false;
  void (*read)(AppBuilder&, const Resource&, Properties&) = nullptr;
};

const std::vector<ResourceType>& resource_types();
const ResourceType* find_resource_type(std::string_view name);

struct Resource {
  std::string logical_id;
  Where at;                            // of the logical id
  const ResourceType* type = nullptr;  // nullptr: unknown, reported
  Node body;                           // as written, Globals merged in
  std::string condition = {};          // of its Condition attribute
  bool retained = false;
  bool implied = false;  // by a SAM function, whose reader makes it

  const Node* properties() const { return body.find("Properties"); }
};

using Resources = std::map<std::string, Resource, std::less<>>;  // by logical id

}  // namespace sextant::templates
