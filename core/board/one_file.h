#pragma once
// A model as one file, as a board gets it. Private to core/board.
#include <filesystem>

#include "core/model/model.h"

namespace quantwright {

/// `file` itself, if all of `model` is in it; else a copy in `folder` that holds the external weights too.
/// Errors: model.too_large where the copy would pass protobuf's 2 GB; output.*.
Result<std::filesystem::path> one_file(const Model& model, const std::filesystem::path& file,
                                       const std::filesystem::path& folder);

/// `proto` with all weights inside, written to `path`; those kept elsewhere are `weights`'.
Status write_one_file(onnx::ModelProto proto, const Model& weights, const std::filesystem::path& path);

}  // namespace quantwright
