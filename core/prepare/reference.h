#pragma once
#include <memory>

#include "core/prepare/prepare.h"

namespace quantwright {

/// The original model as ONNX Runtime runs it on the inputs that were measured with: what every result is
/// compared with. Other floating-point types are taken as float32 (to_float32.h); declared sizes that the
/// user gave others for are the user's; see runnable().
[[nodiscard]] std::shared_ptr<const Model> reference_model(const Prepared& prepared);

}  // namespace quantwright
