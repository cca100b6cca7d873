#pragma once
// What a user asks an export for, and what came of it.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/job.h"
#include "core/export/export_qdq.h"
#include "core/export/sidecar.h"
#include "core/images/input_reader.h"

namespace quantwright {

struct ExportRequest {
    enum class Form { qdq, qoperator };
    ExportRequest(std::filesystem::path out = {}) : path(std::move(out)) {}
    std::filesystem::path path;
    Form form = Form::qdq;
    std::int64_t opset_max = 0;  ///< 0: as high as a choice needs; QDQ only
    FileShapes shapes = FileShapes::by_target;
    bool sidecar = false;              ///< what the target takes beside the float model, too
    std::filesystem::path ncnn_param;  ///< the converted network, for an ncnn table's names; may be empty
};

struct ExportedFiles {
    Exported model;
    std::optional<Sidecar> sidecar;
    std::shared_ptr<const Resolved> resolved;  ///< what the files say
    std::vector<std::string> kept_float;       ///< layers that the plan quantizes and the file doesn't
};

/// Where the sidecar of a model exported to `path` goes; empty for a target without one.
[[nodiscard]] std::filesystem::path sidecarPath(const Target& target, const std::filesystem::path& path);

/// The files appear when the model was loaded and run (core/verify), on the first sample of `reader` or,
/// without one, on made-up values. Errors: output.*, ncnn.param_invalid, model.unsupported_opset, cancelled.
Result<ExportedFiles> exportFiles(std::shared_ptr<const Resolved> resolved, const InputReader* reader,
                                  const ExportRequest& request, const JobContext& job);

}  // namespace quantwright
