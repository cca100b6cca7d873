#include "widgets/workspace/exporting.h"

#include "core/base/atomic_file.h"
#include "core/base/part_folder.h"
#include "core/export/export_qoperator.h"
#include "core/export/sidecar_ncnn.h"
#include "core/export/sidecar_tensorrt.h"
#include "core/verify/export_verified.h"

namespace quantwright {
namespace {

Result<Exported> exportModel(const Resolved& resolved, const ExportRequest& request,
                             const std::filesystem::path& place) {
    ExportOptions options;
    options.shapes = request.shapes;
    if (request.form == ExportRequest::Form::qoperator)
        return export_qoperator(resolved, place, options);
    options.opset_max = request.opset_max;
    return export_qdq(resolved, place, options);
}

Result<Sidecar> exportSidecar(const Resolved& resolved, const ExportRequest& request,
                              const std::filesystem::path& place) {
    return resolved.target->sidecar == "ncnn" ? export_ncnn_table(resolved, place, request.ncnn_param)
                                              : export_tensorrt_cache(resolved, place);
}

/// Errors about a file in the folder are about the file the user asked for.
tl::unexpected<Error> aboutFinal(Error error, const PartFolder& part, const std::filesystem::path& path) {
    if (error.subject == part.place().string())
        error.subject = path.string();
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace

std::filesystem::path sidecarPath(const Target& target, const std::filesystem::path& path) {
    if (target.sidecar.empty())
        return {};
    auto result = path;
    return result.replace_extension(target.sidecar == "ncnn" ? ".table" : ".cache");
}

Result<ExportedFiles> exportFiles(std::shared_ptr<const Resolved> resolved, const InputReader* reader,
                                  const ExportRequest& request, const JobContext& job) {
    if (job.cancelled())
        return JobContext::cancelled_error();
    if (auto apart = refuse_overwriting(request.path, resolved->prepared->original->files()); !apart)
        return fail(apart);
    const auto inputs = verify_inputs(*resolved->prepared, reader);
    if (!inputs)
        return fail(inputs);
    auto part = PartFolder::beside(request.path);
    if (!part)
        return fail(part);
    job.report(Stage::export_model, 0, 0);
    auto exported = export_verified(
        std::move(resolved), [&](const Resolved& plan) { return exportModel(plan, request, part->place()); },
        *inputs, {}, job);
    if (!exported)
        return aboutFinal(exported.error(), *part, request.path);
    ExportedFiles files{
        std::move(exported->exported), {}, std::move(exported->resolved), std::move(exported->kept_float)};
    if (job.cancelled())
        return JobContext::cancelled_error();
    if (request.sidecar && !files.resolved->target->sidecar.empty()) {
        const auto path = sidecarPath(*files.resolved->target, request.path);
        auto read = files.resolved->prepared->original->files();
        read.push_back(request.ncnn_param);
        if (auto apart = refuse_overwriting(path, read); !apart)
            return fail(apart);
        auto sidecar = exportSidecar(*files.resolved, request, part->place().parent_path() / path.filename());
        if (!sidecar)
            return aboutFinal(sidecar.error(), *part, request.path);
        sidecar->path = path;
        files.sidecar = std::move(*sidecar);
    }
    if (auto placed = part->commit(); !placed)
        return fail(placed);
    files.model.path = request.path;
    return files;
}

}  // namespace quantwright
