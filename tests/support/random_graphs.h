#pragma once
// Seeded random models and plans: what nobody thought of writing by hand.
#include <memory>
#include <random>

#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/prepare/prepare.h"

namespace quantwright::testing {

/// A small network of 3 to 9 layers: a trunk of convolutions or of products, with branches, joins and what
/// exporters put between them. The same seed gives the same model.
[[nodiscard]] std::shared_ptr<const Model> random_model(unsigned seed);

/// Random choices for it: a target, a preset, defaults, and different ones for some layers.
[[nodiscard]] Plan random_plan(const Prepared& prepared, unsigned seed);

}  // namespace quantwright::testing
