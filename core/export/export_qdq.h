#pragma once
// The resolved plan as an ONNX file: QuantizeLinear / DequantizeLinear pairs, dynamic and weight-only layers,
// half precision.
#include <filesystem>
#include <memory>

#include "core/plan/resolve.h"

namespace onnx {
class ModelProto;
}

namespace quantwright {

/// Dimensions that the model leaves open, in the written file.
enum class FileShapes {
    by_target,  ///< open, but fixed where that would keep nodes off the target's provider
    open,
    fixed,  ///< the sizes that were measured with
};

struct ExportOptions {
    /// The file's opset is this at most; 0: no cap. Choices that need a newer one are said with operators of
    /// com.microsoft.
    std::int64_t opset_max = 0;
    /// The file's opset is this at least, although no choice needs it; 0: the model's own.
    std::int64_t opset_min = 0;
    /// 4-bit weights in blocks as com.microsoft.MatMulNBits wherever it can compute the layer.
    bool matmul_nbits = false;
    FileShapes shapes = FileShapes::by_target;
};

struct Exported {
    std::filesystem::path path;
    std::int64_t bytes = 0;
    std::int64_t float_bytes = 0;                ///< of the original model's files
    int layers_quantized = 0, layers_total = 0;  ///< groups (Prepared::groups)
    std::int64_t opset = 0;
    /// What the file says in another way than was asked for (export.kept_qdq).
    std::vector<Problem> problems;
};

/// Tensor names of the original graph are kept: the value after Q/DQ has the name, the one before it gets a
/// suffix. Every choice has a form; the opset is raised only where one needs it.
[[nodiscard]] onnx::ModelProto build_qdq(const Resolved& resolved);
/// What was written otherwise than the model has it is added to `problems`: shapes.fixed, shapes.off_provider
/// {nodes, the first one's name}, shapes.kept_fixed {tensor}. Errors: output.opset.
Result<onnx::ModelProto> build_qdq(const Resolved& resolved, const ExportOptions& options,
                                   std::vector<Problem>* problems = nullptr);

/// The same before suit_runtime(): what a file of integer operators begins with.
Result<onnx::ModelProto> build_pairs(const Resolved& resolved, const ExportOptions& options,
                                     std::vector<Problem>* problems = nullptr);

/// The last step of every file: nothing that ONNX Runtime's optimizer breaks (runtime_forms.h), and no float
/// weights that it would quantize (float_weights.h).
void suit_runtime(onnx::ModelProto& model, const Resolved& resolved);

/// Whether a file can have the opset that the choices need: export's own answer, known before anything is
/// measured (`resolved` may be without statistics). Errors: output.opset, output.opset_too_old.
Status check_opset(const Resolved& resolved, const ExportOptions& options = {});

/// Errors: output.* (never over the model's own files), output.opset_too_old.
Result<Exported> export_qdq(const Resolved& resolved, const std::filesystem::path& path,
                            const ExportOptions& options = {});

}  // namespace quantwright
