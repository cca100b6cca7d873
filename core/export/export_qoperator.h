#pragma once
// The resolved plan as an ONNX file of integer operators: QLinearConv, QLinearMatMul and ONNX Runtime's own
// (com.microsoft). Codes go from layer to layer; QuantizeLinear and DequantizeLinear stay at the borders of
// float layers only.
#include "core/export/export_qdq.h"

namespace quantwright {

/// What has no integer operator in ONNX Runtime (16-bit and 4-bit codes, some operators), and every layer
/// that is not static, keeps the form that build_qdq() gives it.
[[nodiscard]] onnx::ModelProto build_qoperator(const Resolved& resolved);
/// Errors: output.opset.
Result<onnx::ModelProto> build_qoperator(const Resolved& resolved, const ExportOptions& options);

/// Quantized layers without integer operators are named in the problems. Errors: output.* (never over the
/// model's own files), output.opset_too_old.
Result<Exported> export_qoperator(const Resolved& resolved, const std::filesystem::path& path,
                                  const ExportOptions& options = {});

}  // namespace quantwright
