#include "core/export/save_exported.h"

#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/prepare/raise_opset.h"

namespace quantwright {

namespace {

/// More than this goes to external data: protobuf stops at 2 GB.
constexpr std::int64_t k_protobuf_limit = (std::int64_t(1) << 31) - (1 << 24);

bool is_standard(const std::string& domain) {
    return domain.empty() || domain == "ai.onnx";
}

std::int64_t opset_of(const onnx::ModelProto& model) {
    for (const auto& opset : model.opset_import())
        if (is_standard(opset.domain()))
            return opset.version();
    return 0;
}

}  // namespace

tl::unexpected<Error> too_old(const Resolved& resolved, std::int64_t opset, std::int64_t needed) {
    std::string detail =
        "opset " + std::to_string(opset) + ", opset " + std::to_string(needed) + " is needed";
    for (const Problem& problem : resolved.prepared->problems)
        if (problem.code == "prepare.opset_too_old")
            detail += "; no form there: " + problem.arguments.at(1);
    return fail(ErrorCode::output_opset_too_old, resolved.prepared->original->path().string(), detail);
}

Result<Exported> save_exported(const Resolved& resolved, const onnx::ModelProto& model,
                               const std::filesystem::path& path) {
    if (auto apart = refuse_overwriting(path, resolved.prepared->original->files()); !apart)
        return fail(apart);
    const auto& nodes = model.graph().node();
    const bool has_pairs = std::any_of(nodes.begin(), nodes.end(), [](const auto& node) {
        return is_standard(node.domain()) &&
               (node.op_type() == "QuantizeLinear" || node.op_type() == "DequantizeLinear");
    });
    Exported exported;
    exported.opset = opset_of(model);
    if (has_pairs && exported.opset < k_quantization_opset)
        return too_old(resolved, exported.opset, k_quantization_opset);
    if (auto saved = save_model(model, path, k_protobuf_limit, resolved.prepared->model.get()); !saved)
        return fail(saved);
    exported.path = path;
    std::error_code error;
    exported.bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
    auto data = path;
    data += ".data";
    if (std::filesystem::exists(data, error))
        exported.bytes += static_cast<std::int64_t>(std::filesystem::file_size(data, error));
    exported.float_bytes = resolved.prepared->original->file_bytes();
    exported.layers_quantized = resolved.quantized_groups();
    exported.layers_total = static_cast<int>(resolved.prepared->groups.size());
    return exported;
}

}  // namespace quantwright
