#pragma once
// What a piece of hardware with its runtime can do, as data (resources/targets/*.json, built into the
// program).
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/plan/settings.h"

namespace quantwright {

/// What an operator does with quantized values.
enum class Role {
    compute,      ///< multiplies with a constant weight (or another activation): Conv, Gemm, MatMul
    elementwise,  ///< its own output scale: Add, Mul, AveragePool, Sigmoid …
    passive,      ///< moves or selects values: the output has the input's scale
    activation,   ///< Relu, Clip: fused into the layer before it
};

struct TargetOperator {
    Role role = Role::elementwise;
    bool per_channel = false;  ///< compute: weights may be per channel
    bool needs_constant_weight = false;
    bool shares_inputs = false;  ///< Concat: all inputs and the output have one scale
};

struct Target {
    std::string name;
    std::string label;
    Settings defaults;
    std::map<std::string, Settings> presets;          ///< by name; "default" is empty
    std::map<std::string, TargetOperator> operators;  ///< by op type; others stay float
    std::set<std::string> formats;                    ///< activation formats it runs
    std::set<std::string> weight_formats;
    double symmetric_divisor = 0;  ///< of weights; see Scheme
    bool restricted_weights = false;
    float scale_floor = 1.17549435e-38f;
    bool integer_bias = true;  ///< int32 with scale sx * sw; false: float bias
    bool float_output_of_gemm =
        false;  ///< a Gemm or MatMul that only float layers (or nobody) read writes float
    bool runs_on_host =
        true;  ///< its files are judged with this machine's kernels; false: by their pure arithmetic
    bool emits_unsigned = false;         ///< weights may be stored as uint8 with zero point 128
    bool one_weight_zero_point = false;  ///< per-channel weights must all have the same zero point
};

[[nodiscard]] std::vector<std::string> target_names();
/// plan.invalid if there is none of that name.
Result<std::shared_ptr<const Target>> find_target(const std::string& name);
Result<Target> target_from_json(const Json& json, const std::string& subject);

}  // namespace quantwright
