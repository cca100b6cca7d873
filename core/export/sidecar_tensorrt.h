#pragma once
// TensorRT's calibration cache: activation scales by tensor name, for the float model. A network that has
// Q/DQ nodes ignores it.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/export/sidecar.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// NV_TENSORRT_VERSION of TensorRT 8.6.1.
inline constexpr std::string_view k_tensorrt_version = "8601";

/// "8.6.1" → "8601", "10.3.0" → "100300" (NV_TENSORRT_VERSION counts in 10000s from 10.0 on); plain digits
/// stay as they are. Empty if it is neither.
[[nodiscard]] std::optional<std::string> tensorrt_version(std::string_view text);

/// First line "TRT-<version>-EntropyCalibration2", then for every activation that an integer layer of the
/// plan reads or makes "<tensor>: <bits of the float32 scale as 8 hex digits>", scale = amax / 127. Tensors
/// that only the prepared graph has are left out. Errors: output.*, model.already_quantized.
Result<Sidecar> export_tensorrt_cache(const Resolved& resolved, const std::filesystem::path& path,
                                      const std::string& version = std::string(k_tensorrt_version));

}  // namespace quantwright
