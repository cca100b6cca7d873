#pragma once
// Every input gets one fixed shape.
#include <map>
#include <string>

#include "core/base/result.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Initializers leave the inputs; an open first dimension becomes 1 where `given` says nothing, and a
/// declared size what it says. sizes() gets the inputs as a file for every size has them. Errors:
/// model.shape_unknown (subject: the input), usage for a shape of an input that is not there.
Status fix_input_shapes(WorkingGraph& graph, const std::map<std::string, Shape>& given);

}  // namespace quantwright
