#pragma once
// The same network as files of different kinds: other number types, open sizes, weights beside the file,
// older and newer versions.
#include <onnx/onnx_pb.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/agreement.h"

namespace quantwright::testing {

struct ModelKind {
    std::string name;
    /// Changes the model and the values of its inputs. False where the model has no such form.
    std::function<bool(onnx::ModelProto& model, Values& given)> make;
    bool outside = false;     ///< weights in a file of their own
    bool open_batch = false;  ///< the first dimension of the first input is open
};

/// float16, bfloat16, float64, open batch, outside weights, IR 3 with weights among the inputs, IR 13, opsets
/// 18 to 24.
[[nodiscard]] const std::vector<ModelKind>& model_kinds();

/// Writes the model as one of this kind has it and reads it again. Errors: output.*, model.*.
Result<std::shared_ptr<const Model>> load_kind(const ModelKind& kind, const onnx::ModelProto& model,
                                               const std::filesystem::path& folder);

}  // namespace quantwright::testing
