#include "app/cli/quantize_sidecar.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include "app/cli/cli.h"
#include "core/export/sidecar_ncnn.h"
#include "core/export/sidecar_tensorrt.h"

namespace quantwright::cli {

namespace fs = std::filesystem;

namespace {

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

std::string version_of(const QuantizeOptions& options) {
    return options.tensorrt_version.empty() ? std::string(k_tensorrt_version)
                                            : *tensorrt_version(options.tensorrt_version);
}

}  // namespace

Status check_sidecar(const QuantizeOptions& options) {
    if (!options.tensorrt_version.empty() && !tensorrt_version(options.tensorrt_version))
        return wrong_usage("--tensorrt-version " + options.tensorrt_version,
                           Cli::tr("a version such as 8.6.1 is wanted"));
    return {};
}

Result<Deliverable> deliverable(const QuantizeOptions& options, const Target& target, const Model& original) {
    const bool ncnn = target.sidecar == "ncnn", cache = options.format == "cache";
    if (cache && target.sidecar != "tensorrt")
        return wrong_usage("--format cache", Cli::tr("it belongs to --target tensorrt"));
    if (options.format == "table" && !ncnn)
        return wrong_usage("--format table", Cli::tr("it belongs to --target ncnn"));
    if (!options.ncnn_param.empty() && !ncnn)
        return wrong_usage("--ncnn-param " + options.ncnn_param, Cli::tr("it belongs to --target ncnn"));
    if (!options.tensorrt_version.empty() && !cache)
        return wrong_usage("--tensorrt-version " + options.tensorrt_version,
                           Cli::tr("it belongs to --target tensorrt with --format cache"));
    Deliverable wanted;
    wanted.float_model = cache || (ncnn && (options.format.empty() || options.format == "table"));
    if (cache || ncnn)
        wanted.sidecar = fs::path(options.out).replace_extension(cache ? ".cache" : ".table");
    if (cache && original.already_quantized())
        return fail(ErrorCode::model_already_quantized, original.path().string(),
                    "TensorRT ignores a calibration cache where a network has Q/DQ nodes");
    if (!wanted.sidecar.empty() && wanted.sidecar == fs::path(options.out))
        return wrong_usage("--out " + options.out, Cli::tr("the file beside it would have the same name"));
    return wanted;
}

Status write_deliverable(const QuantizeOptions& options, const Deliverable& wanted, const Resolved& resolved,
                         const PartFolder& part, Findings& found) {
    if (wanted.float_model)
        if (auto written = write_float_model(*resolved.prepared->original, part.place(), found.exported);
            !written)
            return written;
    if (wanted.sidecar.empty())
        return {};
    const auto& layers = resolved.layers;
    if (std::none_of(layers.begin(), layers.end(), [](const ResolvedLayer& one) { return one.integers(); }))
        return fail(ErrorCode::plan_target_refuses, wanted.sidecar.filename().string(),
                    "no layer is static, so there is no scale to write");
    const fs::path place = part.place().parent_path() / wanted.sidecar.filename();
    const auto sidecar = resolved.target->sidecar == "ncnn"
                             ? export_ncnn_table(resolved, place, options.ncnn_param)
                             : export_tensorrt_cache(resolved, place, version_of(options));
    if (!sidecar)
        return fail(sidecar);
    found.sidecar = wanted.sidecar;
    found.problems.insert(found.problems.end(), sidecar->problems.begin(), sidecar->problems.end());
    return {};
}

}  // namespace quantwright::cli
