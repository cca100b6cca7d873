#pragma once
// The prepared graph as a chain of pieces, cut where little is alive: each is a model of its own, so an edit
// rebuilds one of them and runs it and those behind it.
#include <vector>

#include "core/prepare/prepare.h"
#include "core/rewrite/rewrite.h"

namespace quantwright {

struct Segment {
    NodeSpan nodes;
    std::vector<int> layers;   ///< indices into Prepared::layers, ascending
    std::vector<int> outputs;  ///< which of the model's outputs it makes, ascending
    /// What is alive behind it: made in it or in front of it and read behind it.
    std::vector<TensorId> alive;
    std::int64_t alive_bytes = 0;  ///< of one run
};

/// Every node is in one segment, in order. Groups are not cut through (Prepared::groups) where their nodes
/// stand together. `layers_each` is about how many layers a segment has; 0: a 14th of them, 2 to 32.
[[nodiscard]] std::vector<Segment> cut_into_segments(const Prepared& prepared, int layers_each = 0);

/// Neighbours [first, end) of a chain as one segment.
[[nodiscard]] Segment joined(const Prepared& prepared, const std::vector<Segment>& chain, std::size_t first,
                             std::size_t end);

}  // namespace quantwright
