#pragma once
// Short texts about one layer, the same in graph, table and inspector.
#include <QString>

#include "core/plan/resolve.h"

namespace quantwright {

/// Format of what the layer computes in, as the badge writes it: "INT8", "UINT8", "FP32".
[[nodiscard]] QString precisionOf(const Resolved& resolved, int layer);
[[nodiscard]] Shape outputShape(const Prepared& prepared, int layer);
/// "Conv 3×3 s2", "Conv dw 3×3": the operator with what tells it from its like.
[[nodiscard]] QString operatorOf(const Prepared& prepared, int layer);
/// The layer's first output, if it has a Q/DQ pair.
[[nodiscard]] const ResolvedTensor* outputTensor(const Resolved& resolved, int layer);

}  // namespace quantwright
