#pragma once
// Does the board's runtime have every operator of a model? Asked before the weights go over.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/board/agent.h"
#include "core/model/model.h"

namespace onnx {
class ModelProto;
}

namespace quantwright {

/// The model with graph inputs of the same type and shape in place of its larger constants: small, and of the
/// same operators, types and opsets. It need not load where the model does: some operators want constants.
[[nodiscard]] onnx::ModelProto skeleton_of(const Model& model);

/// The error that a runtime's words mean where they say that it has no implementation: board.operator
/// (subject: "domain.Operator"), board.opset, or board.model_refused for the file's own version; both with
/// `file` as their subject. Empty where they are about anything else. `by_name`: operators that are unknown
/// by name only, as another provider may have the types.
[[nodiscard]] std::optional<Error> missing_in_runtime(std::string_view words, const onnx::ModelProto& model,
                                                      const std::string& file, bool by_name = false);

/// Lets the board's runtime try the skeleton, unless it took the same one before in this process. Errors:
/// those of missing_in_runtime(); of the connection. Any other refusal is none.
Status probe_operators(Agent& agent, const Model& model, const std::filesystem::path& file,
                       bool optimizations, bool provider);

}  // namespace quantwright
