#pragma once
#include <onnx/onnx_pb.h>

#include <string>
#include <unordered_set>

#include "core/prepare/measure.h"

namespace quantwright {

/// value_info and outputs of the graph get the measured types; shapes that depend on the data (not in
/// `static_names`) get their rank only.
void annotate(onnx::GraphProto& graph, const MeasuredTypes& types,
              const std::unordered_set<std::string>& static_names);

}  // namespace quantwright
