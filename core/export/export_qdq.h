#pragma once
// The resolved plan as an ONNX file with QuantizeLinear / DequantizeLinear pairs.
#include <filesystem>
#include <memory>

#include "core/plan/resolve.h"

namespace onnx {
class ModelProto;
}

namespace quantwright {

struct Exported {
    std::filesystem::path path;
    std::int64_t bytes = 0;
    std::int64_t float_bytes = 0;  ///< of the original model's files
    int layers_quantized = 0, layers_total = 0;
};

/// Tensor names of the original graph are kept: the value after Q/DQ has the name, the one before it gets a
/// suffix.
[[nodiscard]] onnx::ModelProto build_qdq(const Resolved& resolved);

/// Errors: output.* (never over the model's own files).
Result<Exported> export_qdq(const Resolved& resolved, const std::filesystem::path& path);

}  // namespace quantwright
