#pragma once
// Parts of a graph between tensors. Private to core/xslim.
#include <string>
#include <vector>

#include "core/prepare/prepare.h"

namespace quantwright {

/// Layers on the ways from `inputs` to `outputs`, as indices. Names that the graph doesn't have are added to
/// `unknown`.
[[nodiscard]] std::vector<int> layers_between(const Prepared& prepared,
                                              const std::vector<std::string>& inputs,
                                              const std::vector<std::string>& outputs,
                                              std::vector<std::string>& unknown);

/// Layers that none of `tensors` needs: what stays behind when the graph is cut there.
[[nodiscard]] std::vector<int> layers_behind(const Prepared& prepared,
                                             const std::vector<std::string>& tensors,
                                             std::vector<std::string>& unknown);

}  // namespace quantwright
