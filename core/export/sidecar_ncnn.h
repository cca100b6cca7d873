#pragma once
// ncnn's int8 table: what ncnn2int8 reads beside the converted float model (.param and .bin).
#include <filesystem>

#include "core/base/result.h"
#include "core/export/sidecar.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// Rows "<layer>_param_0 s0 s1 …" (weights: one multiplier 127 / absmax per output channel, for a grouped
/// convolution one per group), then rows "<layer> s" (the activation it reads). Layers are named as in
/// `param`, the text file that came out of the conversion; without it by their ONNX nodes (else the first
/// output), which is what onnx2ncnn does and pnnx does not. Errors: output.*, ncnn.param_invalid.
Result<Sidecar> export_ncnn_table(const Resolved& resolved, const std::filesystem::path& path,
                                  const std::filesystem::path& param = {});

}  // namespace quantwright
