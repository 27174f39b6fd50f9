#pragma once
// SAM's Globals section: properties that every function gets unless it says otherwise.
#include "template/node.h"
#include "template/resource.h"

namespace sextant::templates {

// Texts and functions of the resource win, maps are merged key by key, lists are appended to the
// global one. Nothing is merged where that would take the template beyond its limits (kNodesMax,
// kValueBytesBudget): each function counts all the Globals.
void merge_globals(const Node& globals, Resources& resources, Diagnostics& diagnostics);

}  // namespace sextant::templates
