#include "app/cli/quantize_sidecar.h"

#include "app/cli/cli.h"
#include "core/export/sidecar_tensorrt.h"
#include "core/verify/export_files.h"

namespace quantwright::cli {

namespace fs = std::filesystem;

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
        wanted.sidecar = sidecar_path(target, options.out);
    if (cache && original.already_quantized())
        return fail(ErrorCode::model_already_quantized, original.path().string(),
                    "TensorRT ignores a calibration cache where a network has Q/DQ nodes");
    if (!wanted.sidecar.empty() && wanted.sidecar == fs::path(options.out))
        return wrong_usage("--out " + options.out, Cli::tr("the file beside it would have the same name"));
    return wanted;
}

}  // namespace quantwright::cli
