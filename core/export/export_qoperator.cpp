#include "core/export/export_qoperator.h"

#include <onnx/onnx_pb.h>

#include "core/export/kept_pairs.h"
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

Result<onnx::ModelProto> build(const Resolved& resolved, const ExportOptions& options,
                               std::vector<Problem>* problems) {
    auto model = build_pairs(resolved, options, problems);
    if (!model)
        return model;
    make_unsigned(*model->mutable_graph(), prefers_unsigned(*resolved.target));
    QOperatorWriter writer(resolved, *model);
    writer.run();
    suit_runtime(*model, resolved);
    if (problems)
        for (Problem& kept : kept_pairs(resolved, writer.remaining()))
            problems->push_back(std::move(kept));
    return model;
}

}  // namespace

Result<onnx::ModelProto> build_qoperator(const Resolved& resolved, const ExportOptions& options) {
    return build(resolved, options, nullptr);
}

onnx::ModelProto build_qoperator(const Resolved& resolved) {
    return *build_qoperator(resolved, ExportOptions{});  // without bounds every opset has a form
}

Result<Exported> export_qoperator(const Resolved& resolved, const std::filesystem::path& path,
                                  const ExportOptions& options) {
    std::vector<Problem> problems;
    const auto model = build(resolved, options, &problems);
    if (!model)
        return fail(model);
    auto exported = save_exported(resolved, *model, path);
    if (exported)
        exported->problems = std::move(problems);
    return exported;
}

}  // namespace quantwright
