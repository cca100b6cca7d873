#pragma once
// What a pair that was taken out did besides rounding: exporters leave out a Relu or Clip whose values the
// codes clip anyway (a grid that begins at 0 can't hold negative numbers), and without the pair the network
// would be another one. So the activation comes back, in float.
//
// Every pair clips somewhere; only what an activation did is wanted, for the float network is the one that
// was trained, and what calibration cuts off above is an error to be measured, not a part of it. The lower
// bound tells: a calibrated range of values that are negative somewhere holds them, so a grid that begins at
// exactly 0 (zero point = lowest code) behind a layer that could give negative numbers is a Relu. Its upper
// bound is a Clip's where it is 6 within half a step; and, since a threshold may lie below 6 where the
// network has Relu6, also where it lies lower and another operator of this kind shows Relu6 exactly.
// Elsewhere it is what calibration found.
#include <string>
#include <unordered_map>
#include <vector>

#include "core/prepare/fuse_composites.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Puts a Relu or Clip(0, 6) before the given pairs that imply it: behind an operator that has an activation
/// in its own layer (takes_activation()), whose values could be negative, and whose pair every reader sees.
/// `places`: by tensor, the QuantizeLinear that was removed; the activation takes its place.
void add_implied_activations(WorkingGraph& graph, const std::unordered_map<std::string, int>& places);

/// Takes those out again whose operator became a part of something larger meanwhile (the Mul that ends a
/// Gelu): that has no activation, its grid begins at 0 because it is coarse.
void drop_unfused_activations(WorkingGraph& graph, const std::vector<Composite>& composites);

}  // namespace quantwright
