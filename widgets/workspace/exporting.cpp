#include "widgets/workspace/exporting.h"

#include "core/export/export_qoperator.h"
#include "core/export/sidecar_ncnn.h"
#include "core/export/sidecar_tensorrt.h"

namespace quantwright {
namespace {

Result<Exported> exportModel(const Resolved& resolved, const ExportRequest& request) {
    ExportOptions options;
    options.shapes = request.shapes;
    if (request.form == ExportRequest::Form::qoperator)
        return export_qoperator(resolved, request.path, options);
    options.opset_max = request.opset_max;
    return export_qdq(resolved, request.path, options);
}

Result<Sidecar> exportSidecar(const Resolved& resolved, const ExportRequest& request) {
    const auto path = sidecarPath(*resolved.target, request.path);
    return resolved.target->sidecar == "ncnn" ? export_ncnn_table(resolved, path, request.ncnn_param)
                                              : export_tensorrt_cache(resolved, path);
}

}  // namespace

std::filesystem::path sidecarPath(const Target& target, const std::filesystem::path& path) {
    if (target.sidecar.empty())
        return {};
    auto result = path;
    return result.replace_extension(target.sidecar == "ncnn" ? ".table" : ".cache");
}

Result<ExportedFiles> exportFiles(const Resolved& resolved, const ExportRequest& request,
                                  const JobContext& job) {
    if (job.cancelled())
        return JobContext::cancelled_error();
    auto model = exportModel(resolved, request);
    if (!model)
        return fail(model);
    ExportedFiles files{std::move(*model), {}};
    if (!request.sidecar || resolved.target->sidecar.empty())
        return files;
    if (job.cancelled())
        return JobContext::cancelled_error();
    auto sidecar = exportSidecar(resolved, request);
    if (!sidecar)
        return fail(sidecar);
    files.sidecar = std::move(*sidecar);
    return files;
}

}  // namespace quantwright
