#pragma once
// Part of a graph that computes each element of a tensor from the same element of one other.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/prepare/measure.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Nodes between a tensor and a result: `from` and constants of one element are all they read.
struct Region {
    std::string from, to;
    std::vector<int> nodes;  ///< ascending
};

/// The nodes that make `to` out of `from`. Empty if they read anything else, if someone outside reads what
/// they make besides `to`, or if elements don't stay what and where they are.
[[nodiscard]] std::optional<Region> region_between(const WorkingGraph& graph, const MeasuredTypes& types,
                                                   const std::string& from, const std::string& to);

/// Tensors that `tensor` is made of by elementwise nodes, itself first, at most `depth` steps away.
[[nodiscard]] std::vector<std::string> elementwise_sources(const WorkingGraph& graph,
                                                           const std::string& tensor, int depth);
/// Tensors that elementwise nodes make of `tensor` one after the other, each read by the next alone; itself
/// first.
[[nodiscard]] std::vector<std::string> elementwise_results(const WorkingGraph& graph,
                                                           const std::string& tensor, int depth);

/// Largest |region(x) - wanted(x)| / (1 + |x|) over numbers that show how such functions differ. Infinite
/// where the region has no value.
[[nodiscard]] double distance(const WorkingGraph& graph, const Region& region,
                              const std::function<double(double)>& wanted);

/// No reader outside of `nodes` and no pair of the model's own sees what they make, but for `result`; and
/// all of them read `from` on the same side of its pair.
[[nodiscard]] bool is_closed(const WorkingGraph& graph, const std::vector<int>& nodes,
                             const std::string& from, const std::string& result);

}  // namespace quantwright
