#pragma once
// A model with data to run it on, ready to be quantized; and a file of it against the simulation.
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime/session.h"
#include "tests/support/agreement.h"

namespace quantwright::testing {

struct ModelCase {
    std::shared_ptr<const Model> model;
    std::vector<Tensor> inputs;  ///< in the order of the prepared model's
    std::shared_ptr<const Prepared> prepared;
    std::shared_ptr<const Statistics> statistics;
    Values floats;  ///< every tensor of the float model
};

/// Tensors by the names of inputs, as a case of ONNX's backend test set has them beside its model.onnx; what
/// can't be read is left out.
[[nodiscard]] Values backend_inputs(const std::filesystem::path& folder, const Model& model);

/// The model as a network has it: what comes in second and later (a convolution's weights, say) is constant.
/// Null where there is nothing that could be.
Result<std::shared_ptr<const Model>> with_constants(const Model& model, const Values& given);

/// Prepared and measured with `given`. Empty, with the reason, where it can't be run, gives NaN, or no two
/// runs of it are alike.
[[nodiscard]] std::optional<ModelCase> open_case(const std::shared_ptr<const Model>& model,
                                                 const Values& given, std::string& reason);

/// Signal to noise over the model's floating-point outputs, against the float model; empty: no error.
[[nodiscard]] std::optional<double> snr(const ModelCase& one, const Values& values);

Result<Values> run_file(const onnx::ModelProto& file, const ModelCase& one, Optimizations optimizations);

/// What ONNX Runtime has no float16 kernel for it computes in float between two casts, and it drops casts
/// there and back: files in half precision may be closer to the float model than was simulated.
[[nodiscard]] bool half(const Resolved& resolved);
[[nodiscard]] bool no_worse(std::optional<double> simulated, std::optional<double> file);

/// Every element within one step of the last layer, or the whole within 0.3 dB.
[[nodiscard]] bool same(const ModelCase& one, const Resolved& resolved, const Values& a, const Values& b);

}  // namespace quantwright::testing
