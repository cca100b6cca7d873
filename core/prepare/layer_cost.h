#pragma once
#include "core/prepare/prepare.h"

namespace quantwright {

/// Fills parameters and macs of the layer from the prepared graph's shapes.
void add_cost(Layer& layer, const Prepared& prepared);

}  // namespace quantwright
