#pragma once
// The inspector's sentences about the model or the selected layers.
#include <QString>
#include <vector>

#include "widgets/workspace/workspace.h"

namespace quantwright {

[[nodiscard]] QString modelFacts(const Workspace& workspace);
/// Operator, shape, parameters and sensitivity of one layer; of many what they have in common.
[[nodiscard]] QString layerFacts(const Workspace& workspace, const std::vector<int>& layers);
/// How the layers are computed, where they all are in one way; else empty.
[[nodiscard]] QString formText(const Resolved& resolved, const std::vector<int>& layers);
/// Why the layers are float, where they all have one reason; else empty.
[[nodiscard]] QString reasonText(const Resolved& resolved, const std::vector<int>& layers);
/// Observed range, scale and zero point of a layer's output.
[[nodiscard]] QString rangeText(const Resolved& resolved, int layer);
/// Codes and number of scales of a layer's weight.
[[nodiscard]] QString weightText(const Resolved& resolved, int layer);
/// The problems of these layers, the first few.
[[nodiscard]] QString problemsText(const Workspace& workspace, const std::vector<int>& layers);

}  // namespace quantwright
