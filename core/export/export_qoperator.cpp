#include "core/export/export_qoperator.h"

#include <onnx/onnx_pb.h>

#include "core/export/qoperator_writer.h"
#include "core/export/save_exported.h"

namespace quantwright {

namespace {

/// On x86 ONNX Runtime makes int8 activations unsigned by itself when it loads a Q/DQ file, but not in a file
/// of integer operators: its S8S8 kernels there are five times slower than U8U8 (EfficientNet-Lite0, AVX-512
/// VNNI).
bool prefers_unsigned(const Target& target) {
    return target.emits_unsigned && target.runs_on_host;
}

}  // namespace

Result<onnx::ModelProto> build_qoperator(const Resolved& resolved, const ExportOptions& options) {
    auto model = build_qdq(resolved, options);
    if (!model)
        return model;
    make_unsigned(*model->mutable_graph(), prefers_unsigned(*resolved.target));
    QOperatorWriter(resolved, *model).run();
    return model;
}

onnx::ModelProto build_qoperator(const Resolved& resolved) {
    return *build_qoperator(resolved, ExportOptions{});  // without bounds every opset has a form
}

Result<Exported> export_qoperator(const Resolved& resolved, const std::filesystem::path& path,
                                  const ExportOptions& options) {
    const auto model = build_qoperator(resolved, options);
    if (!model)
        return fail(model);
    return save_exported(resolved, *model, path);
}

}  // namespace quantwright
