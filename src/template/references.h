#pragma once
// Checks every intrinsic of a template where it stands, also in branches that this deploy does not
// take: its form, and that what it names exists. What passes here can be evaluated without asking
// again.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "template/node.h"
#include "template/resource.h"

namespace sextant::templates {

inline constexpr std::string_view kPseudoParameters[] = {
    "AWS::AccountId", "AWS::NoValue",   "AWS::Partition", "AWS::Region",
    "AWS::StackId",   "AWS::StackName", "AWS::URLSuffix"};

class ReferenceCheck {
 public:
  ReferenceCheck(std::set<std::string, std::less<>> parameters, const Node* mappings,
                 const Node* conditions, const Resources& resources, Diagnostics& diagnostics);

  void check_conditions();
  void check_resource(const Resource& resource);
  void check_outputs(const Node& outputs);
  // Resources that need each other in a circle, also by DependsOn: false when there are such. After
  // all check_resource.
  bool check_circles();

 private:
  enum class Place { Conditions, Values };
  struct Edge {
    std::string to;
    Where at;
  };
  using Locals = std::set<std::string, std::less<>>;  // variables of a Sub with a map

  void check(const Node& node);
  void check_members(const Node& node);
  void check_intrinsic(const Member& intrinsic, Where at);
  bool check_form(const Member& intrinsic);
  void check_ref(const Node& argument);
  void check_get_att(const Node& argument);
  void check_sub(const Node& argument);
  void check_sub_text(const Node& text, const Locals& locals);
  void check_find_in_map(const Node& argument);
  void check_condition_name(const Node& name);
  void check_name(std::string_view name, Where at);
  void check_attribute(std::string_view resource, std::string_view attribute, Where at);
  const Resource* find_resource(std::string_view logical_id, Where at);
  void check_depends_on(const Node& node);
  void visit_circle(const std::string& from, std::vector<std::string>& path,
                    std::map<std::string, int>& state);

  const std::set<std::string, std::less<>> parameters_;
  const Node* mappings_;
  const Node* conditions_;
  const Resources& resources_;
  Diagnostics& diagnostics_;
  Place place_ = Place::Values;
  std::string current_;  // the resource being checked
  std::map<std::string, std::vector<Edge>> edges_;
  bool circles_ = false;
};

}  // namespace sextant::templates
