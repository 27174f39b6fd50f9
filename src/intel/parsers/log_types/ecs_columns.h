#pragma once
// The columns that the Elastic Common Schema 8 has names for, and their types: what a log type may
// name without a prefix of its own. Fields of lists of objects (dns.answers, x509 of a chain) are
// left out: a row has one value a column.
#include <optional>
#include <string_view>
#include <vector>

namespace sextant::intel {

enum class EcsType { Keyword, Text, Ip, Long, Double, Boolean, Date };

std::optional<EcsType> ecs_type(std::string_view column);  // nullopt: ECS has no such column
const std::vector<std::string_view>& ecs_columns();        // all of them, sorted

}  // namespace sextant::intel
