#include "core/verify/export_files.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/base/part_folder.h"
#include "core/export/export_qoperator.h"
#include "core/export/sidecar_ncnn.h"
#include "core/export/sidecar_tensorrt.h"

namespace quantwright {

namespace {

namespace fs = std::filesystem;

Result<Exported> write_form(const Resolved& resolved, const ExportRequest& request, const fs::path& place) {
    const auto write = [&](const ExportOptions& how) {
        return request.form == ExportRequest::Form::qoperator ? export_qoperator(resolved, place, how)
                                                              : export_qdq(resolved, place, how);
    };
    ExportOptions how;
    how.shapes = request.shapes;
    how.opset_max = request.opset_max;
    if (request.opset)
        how.opset_min = how.opset_max = *request.opset;
    auto exported = write(how);
    if (request.opset && !exported && exported.error().code == ErrorCode::output_opset)
        exported = write({.shapes = how.shapes});
    if (request.opset && exported && exported->opset != *request.opset)
        exported->problems.insert(exported->problems.begin(),
                                  {"config.opset",
                                   Severity::warning,
                                   "model_parameters.opset",
                                   {std::to_string(*request.opset), std::to_string(exported->opset)}});
    return exported;
}

fs::path data_of(fs::path model) {
    model += ".data";
    return model;
}

/// The original file byte for byte; with external data it is written anew, beside its own data file.
Status write_float_model(const Model& original, const fs::path& path, Exported& exported) {
    std::error_code error;
    fs::remove(data_of(path), error);
    if (original.files().size() == 1) {
        fs::copy_file(original.path(), path, fs::copy_options::overwrite_existing, error);
        if (error)
            return fail(error == std::errc::no_space_on_device ? ErrorCode::output_disk_full
                                                               : ErrorCode::output_unwritable,
                        path.string(), error.message());
        fs::permissions(path, fs::perms::owner_write, fs::perm_options::add, error);
    } else if (auto saved =
                   save_model(original.proto(), path, (std::int64_t(1) << 31) - (1 << 24), &original);
               !saved) {
        return saved;
    }
    exported.bytes = static_cast<std::int64_t>(fs::file_size(path, error));
    if (fs::exists(data_of(path), error))
        exported.bytes += static_cast<std::int64_t>(fs::file_size(data_of(path), error));
    return {};
}

}  // namespace

fs::path sidecar_path(const Target& target, const fs::path& path) {
    if (target.sidecar.empty())
        return {};
    auto result = path;
    return result.replace_extension(target.sidecar == "ncnn" ? ".table" : ".cache");
}

Result<VerifiedExport> export_running(std::shared_ptr<const Resolved> resolved, const ExportRequest& request,
                                      const fs::path& place, const InputReader* reader,
                                      const VerifyOptions& how, const JobContext& job) {
    const auto inputs = verify_inputs(*resolved->prepared, reader);
    if (!inputs)
        return fail(inputs);
    return export_verified(
        std::move(resolved), [&](const Resolved& plan) { return write_form(plan, request, place); }, *inputs,
        how, job);
}

Result<std::optional<Sidecar>> export_beside(const Resolved& resolved, const ExportRequest& request,
                                             const fs::path& place, Exported& exported) {
    const Model& original = *resolved.prepared->original;
    if (request.float_model)
        if (auto written = write_float_model(original, place, exported); !written)
            return fail(written);
    const fs::path path = request.sidecar ? sidecar_path(*resolved.target, request.path) : fs::path();
    if (path.empty())
        return std::nullopt;
    auto read = original.files();
    read.push_back(request.ncnn_param);
    if (auto apart = refuse_overwriting(path, read); !apart)
        return fail(apart);
    const auto& layers = resolved.layers;
    if (std::none_of(layers.begin(), layers.end(), [](const ResolvedLayer& one) { return one.integers(); }))
        return fail(ErrorCode::plan_target_refuses, path.filename().string(),
                    "no layer is static, so there is no scale to write");
    const fs::path beside = place.parent_path() / path.filename();
    // The other program rounds the float weights itself: it knows no improved ones, nor biases.
    const bool improved = resolved.improved && !resolved.improved->empty();
    std::shared_ptr<const Resolved> plain;
    if (improved) {
        auto without = resolve(resolved.prepared, resolved.statistics, resolved.plan);
        if (!without)
            return fail(without);
        plain = std::move(*without);
    }
    const Resolved& given = plain ? *plain : resolved;
    auto sidecar =
        resolved.target->sidecar == "ncnn"
            ? export_ncnn_table(given, beside, request.ncnn_param)
            : export_tensorrt_cache(given, beside,
                                    request.tensorrt_version.empty() ? std::string(k_tensorrt_version)
                                                                     : request.tensorrt_version);
    if (!sidecar)
        return fail(sidecar);
    sidecar->path = path;
    if (improved)
        sidecar->problems.push_back({"improve.float_file", Severity::warning, {}, {}});
    return std::optional(std::move(*sidecar));
}

Result<ExportedFiles> export_files(std::shared_ptr<const Resolved> resolved, const InputReader* reader,
                                   const ExportRequest& request, const JobContext& job) {
    if (job.cancelled())
        return JobContext::cancelled_error();
    if (auto apart = refuse_overwriting(request.path, resolved->prepared->original->files()); !apart)
        return fail(apart);
    auto part = PartFolder::beside(request.path);
    if (!part)
        return fail(part);
    job.report(Stage::export_model, 0, 0);
    auto exported = export_running(std::move(resolved), request, part->place(), reader, {}, job);
    if (!exported)
        return about_final(exported.error(), part->place(), request.path);
    ExportedFiles files{
        std::move(exported->exported), {}, std::move(exported->resolved), std::move(exported->kept_float)};
    if (job.cancelled())
        return JobContext::cancelled_error();
    auto sidecar = export_beside(*files.resolved, request, part->place(), files.model);
    if (!sidecar)
        return about_final(sidecar.error(), part->place(), request.path);
    files.sidecar = std::move(*sidecar);
    if (auto placed = part->commit(); !placed)
        return fail(placed);
    files.model.path = request.path;
    return files;
}

tl::unexpected<Error> about_final(Error error, const fs::path& place, const fs::path& path) {
    if (error.subject == place.string())
        error.subject = path.string();
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace quantwright
