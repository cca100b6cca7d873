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
    bool dynamic = false;        ///< compute: can be quantized at run time
    bool has_static = true;      ///< compute: has an integer form with fixed parameters
};

struct Target {
    std::string name;
    std::string label;
    Settings defaults;
    std::set<std::string> modes;                      ///< of layers; "float" is always there
    std::map<std::string, TargetOperator> operators;  ///< by op type; others stay float
    std::set<std::string> formats;                    ///< activation formats it runs
    std::set<std::string> weight_formats;
    float scale_floor = 1.17549435e-38f;
    /// Its kernels compute in half precision. False: fp16 layers are cast to float and back, so they are
    /// smaller than float ones, slower, and no better.
    bool half_kernels = true;
    bool integer_bias = true;  ///< int32 with scale sx * sw; false: float bias
    bool float_output_of_gemm =
        false;  ///< a Gemm or MatMul that only float layers (or nobody) read writes float
    std::set<std::string> float_inputs;  ///< operators (float ones) that must not read a dequantized tensor
    bool runs_on_host =
        true;  ///< its files are judged with this machine's kernels; false: by their pure arithmetic
    bool emits_unsigned = false;         ///< weights may be stored as uint8 with zero point 128
    bool one_weight_zero_point = false;  ///< per-channel weights must all have the same zero point
    /// Its optimizer quantizes float weights beside quantized activations by itself, one scale for all: its
    /// files are written so that it can't (core/export/float_weights.h).
    bool requantizes_float_weights = false;
    /// Operators that its runtime takes only with constants behind the first input (a Reshape's shape). Where
    /// open dimensions would compute one, the file gets the measured sizes, unless the user wants them open.
    std::set<std::string> constant_inputs;
    bool dynamic_matmul = false;  ///< dynamic MatMul is com.microsoft.DynamicQuantizeMatMul
    /// Pairs stand only where a compute or elementwise layer reads, never behind a layer by themselves nor
    /// around passive ones (the runtime moves Q and DQ across those); layers that stay float read the value
    /// before the pair, which keeps the tensor's name. TensorRT's explicit quantization, and what ncnn does
    /// inside its layers. False: a pair on everything that an integer layer reads or writes.
    bool pairs_at_inputs = false;
    bool one_scale_per_group = false;  ///< weights of a grouped convolution: one scale per group (ncnn)
    /// Fields of which it runs some values only, with those values; a field that is not here is free.
    std::map<Field, std::set<std::string>> allowed;
    /// Activations are codes of the format's full range and rounded half to even: all that QuantizeLinear can
    /// say. False: the device clamps to the codes in use and rounds as the plan says (ncnn).
    bool onnx_arithmetic = true;
    std::string sidecar;  ///< what is exported beside a model: "tensorrt", "ncnn"; empty: nothing
    std::vector<std::string> notes;
};

[[nodiscard]] std::vector<std::string> target_names();
/// Every key is checked for its kind and its values, unknown ones are refused, and the defaults must be
/// complete and what the target itself runs: plan.invalid, with the key's path in the detail.
Result<Target> target_from_json(const Json& json, const std::string& subject);
/// plan.invalid if there is none of that name.
Result<std::shared_ptr<const Target>> find_target(const std::string& name);

}  // namespace quantwright
