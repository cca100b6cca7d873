#pragma once
#include <onnx/onnx_pb.h>

#include "core/prepare/prepare.h"

namespace quantwright {

/// The prepared model with the pairs of its given parameters put back where they were.
[[nodiscard]] onnx::ModelProto with_given_pairs(const Prepared& prepared);

}  // namespace quantwright
