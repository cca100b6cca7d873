#pragma once
// Parts of a prepared graph between tensors, which are named as the model as it came names them: a tensor
// that preparing took away stands for what it became.
#include <string>
#include <vector>

#include "core/prepare/prepare.h"

namespace quantwright {

/// Layers on the ways from `inputs` to `outputs`, as indices. Names that the graph doesn't have are added to
/// `unknown`; weights may be named, and count for nothing.
[[nodiscard]] std::vector<int> layers_between(const Prepared& prepared,
                                              const std::vector<std::string>& inputs,
                                              const std::vector<std::string>& outputs,
                                              std::vector<std::string>& unknown);

/// Layers that none of `tensors` needs: what stays behind when the graph is cut there. A tensor inside of a
/// layer stands for the layer's outputs. Names that no activation has are added to `unknown`; where all are
/// unknown, no layer is behind.
[[nodiscard]] std::vector<int> layers_behind(const Prepared& prepared,
                                             const std::vector<std::string>& tensors,
                                             std::vector<std::string>& unknown);

/// Up to three activations with names most like `name`, the most like first.
[[nodiscard]] std::vector<std::string> similar_tensors(const Prepared& prepared, const std::string& name);

/// "a, b, c"
[[nodiscard]] std::string comma_separated(const std::vector<std::string>& names);

}  // namespace quantwright
