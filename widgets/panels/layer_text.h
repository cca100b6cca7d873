#pragma once
// Short texts about one layer, the same in graph, table and inspector.
#include <QString>

#include "core/plan/resolve.h"

namespace quantwright {

/// What the layer computes in, as the badge writes it: "INT8", "UINT16", "FP32", "FP16"; "DYN" for dynamic,
/// "W8" and "W4" for weights alone.
[[nodiscard]] QString precisionOf(const Resolved& resolved, int layer);
/// How it is computed, as a sentence; empty for a layer kept float (that has a reason instead).
[[nodiscard]] QString formOf(const Resolved& resolved, int layer);
/// Of its weight: "Per channel", "Blocks of 32"; empty without a quantized one.
[[nodiscard]] QString granularityOf(const Resolved& resolved, int layer);
/// Where its output's range comes from; empty where it has none of its own.
[[nodiscard]] QString thresholdOf(const Resolved& resolved, int layer);
[[nodiscard]] Shape outputShape(const Prepared& prepared, int layer);
/// "Conv 3×3 s2", "Conv dw 3×3": the operator with what tells it from its like.
[[nodiscard]] QString operatorOf(const Prepared& prepared, int layer);
/// "Concat + Conv 1×1 + SiLU"; of one layer alone as operatorOf.
[[nodiscard]] QString groupOperatorOf(const Prepared& prepared, const LayerGroup& group);
/// "3 of 4 parts are quantized"; empty where all are or none is.
[[nodiscard]] QString partsOf(const Resolved& resolved, const LayerGroup& group);

}  // namespace quantwright
