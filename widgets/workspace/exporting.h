#pragma once
// What a user asks an export for, and what came of it.
#include <filesystem>
#include <optional>
#include <utility>

#include "core/base/job.h"
#include "core/export/export_qdq.h"
#include "core/export/sidecar.h"

namespace quantwright {

struct ExportRequest {
    enum class Form { qdq, qoperator };
    ExportRequest(std::filesystem::path out = {}) : path(std::move(out)) {}
    std::filesystem::path path;
    Form form = Form::qdq;
    std::int64_t opset_max = 0;        ///< 0: as high as a choice needs; QDQ only
    FileShapes shapes = FileShapes::by_target;
    bool sidecar = false;              ///< what the target takes beside the float model, too
    std::filesystem::path ncnn_param;  ///< the converted network, for an ncnn table's names; may be empty
};

struct ExportedFiles {
    Exported model;
    std::optional<Sidecar> sidecar;
};

/// Where the sidecar of a model exported to `path` goes; empty for a target without one.
[[nodiscard]] std::filesystem::path sidecarPath(const Target& target, const std::filesystem::path& path);

/// Errors: output.*, ncnn.param_invalid, model.unsupported_opset, cancelled.
Result<ExportedFiles> exportFiles(const Resolved& resolved, const ExportRequest& request,
                                  const JobContext& job);

}  // namespace quantwright
