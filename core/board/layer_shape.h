#pragma once
// What makes a layer fast or slow, as a key: layers with equal keys cost the same on the same board.
#include <string>

#include "core/plan/resolve.h"

namespace quantwright {

struct LayerShape {
    std::string kind;  ///< operators whose times per unit of work can be compared: "Conv", "Conv grouped"
    std::string key;   ///< operator, shapes and types of what goes in and out, attributes, fused activation
    double work = 0;   ///< multiply-accumulates; elements read and written where there are none
    [[nodiscard]] bool operator==(const LayerShape&) const = default;
};

[[nodiscard]] LayerShape layer_shape(const Prepared& prepared, int layer);

/// How a layer is computed: "float", "fp16", "uint8" or "uint8/int8" (activations/weights) of a static one,
/// "dynamic int8", "weight-only int4".
[[nodiscard]] std::string cost_format(const Resolved& resolved, int layer);
inline constexpr const char* k_float_format = "float";

}  // namespace quantwright
