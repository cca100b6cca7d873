#pragma once
// What a user asks an export for, and what came of it: for the command line, the window and a deployment.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/export/sidecar.h"
#include "core/verify/export_verified.h"

namespace quantwright {

struct ExportRequest {
    enum class Form { qdq, qoperator };
    ExportRequest(std::filesystem::path out = {}) : path(std::move(out)) {}
    std::filesystem::path path;
    Form form = Form::qdq;
    std::int64_t opset_max = 0;  ///< 0: as high as a choice needs
    /// An xslim file's; where the choices need a newer one it is that, and a problem says so (config.opset).
    std::optional<std::int64_t> opset;
    FileShapes shapes = FileShapes::by_target;
    bool sidecar = false;              ///< what the target takes beside the float model, too
    bool float_model = false;          ///< in the end the file is the float model as it came, for the sidecar
    std::filesystem::path ncnn_param;  ///< the converted network, for an ncnn table's names; may be empty
    std::string tensorrt_version;      ///< as in tensorrt_version(); empty: k_tensorrt_version
};

struct ExportedFiles {
    Exported model;
    std::optional<Sidecar> sidecar;
    std::shared_ptr<const Resolved> resolved;  ///< what the files say
    std::vector<std::string> kept_float;       ///< layers that the plan quantizes and the file doesn't
};

/// Where the sidecar of a model exported to `path` goes; empty for a target without one.
[[nodiscard]] std::filesystem::path sidecar_path(const Target& target, const std::filesystem::path& path);

/// To `place`, run (core/verify) on the first sample of `reader` or, without one, on made-up values. Errors:
/// those of export_verified(), output.*, model.unsupported_opset.
Result<VerifiedExport> export_running(std::shared_ptr<const Resolved> resolved, const ExportRequest& request,
                                      const std::filesystem::path& place, const InputReader* reader,
                                      const VerifyOptions& how, const JobContext& job);

/// What goes with the file at `place`, or takes its place, in the same folder; sizes go into `exported`. The
/// sidecar has its final path. Errors: output.*, ncnn.param_invalid, plan.target_refuses (no layer is
/// static).
Result<std::optional<Sidecar>> export_beside(const Resolved& resolved, const ExportRequest& request,
                                             const std::filesystem::path& place, Exported& exported);

/// Both: the files appear when the model was loaded and run. Errors also: cancelled.
Result<ExportedFiles> export_files(std::shared_ptr<const Resolved> resolved, const InputReader* reader,
                                   const ExportRequest& request, const JobContext& job);

/// An error about a file at `place` is about the one the user asked for.
[[nodiscard]] tl::unexpected<Error> about_final(Error error, const std::filesystem::path& place,
                                                const std::filesystem::path& path);

}  // namespace quantwright
