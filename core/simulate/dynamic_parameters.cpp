#include "core/simulate/dynamic_parameters.h"

#include <algorithm>
#include <cmath>

#include "core/number/kernels.h"

namespace quantwright {

ScaleZeroPoint dynamic_parameters(std::span<const float> values) {
    const Range range = ranges_along(values, {static_cast<std::int64_t>(values.size())}, -1).front();
    const float min = std::min(range.min, 0.0f), max = std::max(range.max, 0.0f);
    const float scale = max == min ? 1.0f : (max - min) / 255.0f;
    const float zero_point = std::nearbyint(std::clamp(-min / scale, 0.0f, 255.0f));
    return {scale, static_cast<std::int32_t>(zero_point)};
}

}  // namespace quantwright
