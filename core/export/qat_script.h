#pragma once
// A plan as a PyTorch script for fine tuning: which fake quantizers each module gets.
#include <string>
#include <vector>

#include "core/plan/preset.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// Name of the module that a node of an exported graph belongs to: "/blocks/blocks.0/depthwise/Conv" and
/// "/blocks.0/depthwise/Conv" → "blocks.0.depthwise". Empty for names without folders.
[[nodiscard]] std::string module_of_node(const std::string& node);

/// The module of a layer: that of its weight's name where the exporter kept it ("head.weight" → "head"), else
/// that of its node.
[[nodiscard]] std::string module_of(const Layer& layer);

/// Python for PyTorch 1.13 and newer. `resolved` may be made without statistics: ranges are learnt while fine
/// tuning, except where the plan clips a tensor. What PyTorch's fake quantizers can't do is named in
/// `problems`; the nearest stands in the script.
[[nodiscard]] std::string qat_script(const Resolved& resolved, std::vector<Problem>& problems);

/// The same from the plan alone: choices for all modules of a kind, and for the layers that the plan names.
[[nodiscard]] std::string qat_script(const Plan& plan, const Target& target, const Preset& preset,
                                     std::vector<Problem>& problems);

}  // namespace quantwright
