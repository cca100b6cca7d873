#pragma once
// Half precision as files have it: casts at the borders, float16 constants, the nodes themselves unchanged.
// The simulation writes the same, since runtimes differ in what they compute in half and what between casts.
#include <string>

#include "core/model/tensor.h"

namespace onnx {
class GraphProto;
}

namespace quantwright {

void write_to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to);
void write_from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to);
/// Rounded half to even.
void write_half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to);

}  // namespace quantwright
