#pragma once
// The last step of every export to ONNX. Private to core/export.
#include <onnx/onnx_pb.h>

#include "core/export/export_qdq.h"

namespace quantwright {

/// Writes the model, with external data where it is too big for protobuf. Errors: output.* (never over the
/// model's own files), output.opset_too_old (QuantizeLinear before opset 13).
Result<Exported> save_exported(const Resolved& resolved, const onnx::ModelProto& model,
                               const std::filesystem::path& path);

/// output.opset_too_old, about the model that was read.
[[nodiscard]] tl::unexpected<Error> too_old(const Resolved& resolved, std::int64_t opset,
                                            std::int64_t needed);

}  // namespace quantwright
