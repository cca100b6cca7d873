#include "core/export/export_qdq.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <set>

#include "core/export/block_forms.h"
#include "core/export/float_weights.h"
#include "core/export/open_shapes.h"
#include "core/export/qdq_writer.h"
#include "core/export/raise_operators.h"
#include "core/export/runtime_forms.h"
#include "core/export/save_exported.h"
#include "core/model/proto_helpers.h"
#include "core/prepare/raise_opset.h"
#include "core/prepare/size_arithmetic.h"

namespace quantwright {

namespace {

/// QuantizeLinear and DequantizeLinear with 16 and 4 bits and with blocks.
constexpr std::int64_t k_newest_opset = 21;
/// Some choice has no form in the default domain before opset 21.
bool wants_newest(const Resolved& resolved, const ExportOptions& options) {
    for (const auto& tensor : resolved.tensors)
        if (tensor && needs_newest(tensor->parameters.format->storage))
            return true;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const auto& weight = resolved.layers[i].weight;
        const int layer = static_cast<int>(i);
        const bool stored_by_itself = !weight || resolved.layers[i].mode == LayerMode::dynamic ||
                                      (options.matmul_nbits && fits_matmul_nbits(resolved, layer));
        if (!stored_by_itself && (weight->parameters.blocked() || needs_newest(weight->storage)))
            return true;
    }
    return false;
}

/// The opset that the written operators of the default domain need.
std::int64_t opset_of(const onnx::GraphProto& graph) {
    std::int64_t needed = 0;
    for (const auto& node : graph.node()) {
        if (!node.domain().empty())
            continue;
        if (node.op_type() == "QuantizeLinear" || node.op_type() == "DequantizeLinear")
            needed = k_quantization_opset;
        else if (node.op_type() == "DynamicQuantizeLinear")
            needed = std::max(needed, std::int64_t{11});
    }
    return needed;
}

/// Tensors that are not there any more (half precision, dropped activations) need no type.
void drop_stale_types(onnx::GraphProto& graph) {
    std::set<std::string> made;
    for (const auto& node : graph.node())
        made.insert(node.output().begin(), node.output().end());
    auto& types = *graph.mutable_value_info();
    types.erase(std::remove_if(types.begin(), types.end(),
                               [&](const auto& value) { return !made.contains(value.name()); }),
                types.end());
}

/// The graph with the shapes that are wanted; what has to be said about it goes to `problems`.
onnx::ModelProto shaped(const Resolved& resolved, Rewritten rewritten, FileShapes wanted,
                        std::vector<Problem>& problems) {
    if (wanted == FileShapes::fixed)
        return std::move(rewritten.model);
    // Kept only where it may be wanted after all.
    onnx::ModelProto as_measured;
    if (wanted == FileShapes::by_target && !resolved.target->constant_inputs.empty() &&
        resolved.prepared->sizes->has_open_input)
        as_measured = rewritten.model;
    onnx::ModelProto& model = rewritten.model;
    const auto stayed = open_shapes(model, *resolved.prepared, rewritten.half_names);
    for (const std::string& tensor : stayed)
        problems.push_back({"shapes.kept_fixed", Severity::warning, {}, {tensor}});
    const auto computed = computed_constants(model.graph(), *resolved.target);
    if (computed.empty() || !resolved.prepared->sizes->has_open_input)
        return std::move(model);
    const bool fixed = wanted == FileShapes::by_target;
    problems.push_back({fixed ? "shapes.fixed" : "shapes.off_provider",
                        fixed ? Severity::info : Severity::warning,
                        computed.front(),
                        {std::to_string(computed.size())}});
    return fixed ? std::move(as_measured) : std::move(model);
}

onnx::ModelProto build(const Resolved& resolved, Dialect dialect, std::int64_t opset, FileShapes shapes,
                       std::vector<Problem>& problems) {
    QdqWriter writer(resolved, dialect);
    RewriteOptions options;
    options.drop_implied_activations = true;
    onnx::ModelProto model = shaped(resolved, rewrite(resolved, writer, options), shapes, problems);
    drop_stale_types(*model.mutable_graph());
    raise_operators(model, opset);
    // No newer than the content: an old runtime refuses a file by this number alone.
    model.set_ir_version(needed_ir(model));
    for (const auto& node : model.graph().node())
        if (node.domain() == k_microsoft_domain) {
            set_opset(model, k_microsoft_domain, 1);
            break;
        }
    return model;
}

tl::unexpected<Error> wrong_opset(const Resolved& resolved, const std::string& detail) {
    return fail(ErrorCode::output_opset, resolved.prepared->original->path().string(), detail);
}

std::int64_t highest(const ExportOptions& options) {
    return options.opset_max > 0 ? options.opset_max : std::max(k_newest_opset, options.opset_min);
}

/// The lowest opset that the file can have and was asked for.
Result<std::int64_t> opset_within(const Resolved& resolved, const ExportOptions& options) {
    const std::int64_t cap = highest(options);
    const std::int64_t opset = resolved.prepared->model->opset();
    if (options.opset_max > 0 && opset > cap)
        return wrong_opset(resolved,
                           "opset " + std::to_string(opset) + " is above the cap " + std::to_string(cap));
    if (options.opset_min <= opset)
        return opset;
    if (options.opset_min > cap)
        return wrong_opset(resolved, "opset " + std::to_string(options.opset_min) + " is above the cap " +
                                         std::to_string(cap));
    if (const auto operator_name = cannot_raise(resolved.prepared->model->proto(), options.opset_min))
        return wrong_opset(resolved, "no form of " + *operator_name + " in opset " +
                                         std::to_string(options.opset_min) + " is known here");
    return options.opset_min;
}

}  // namespace

Result<onnx::ModelProto> build_pairs(const Resolved& resolved, const ExportOptions& options,
                                     std::vector<Problem>* problems) {
    const onnx::ModelProto& prepared = resolved.prepared->model->proto();
    const auto bound = opset_within(resolved, options);
    if (!bound)
        return fail(bound);
    std::int64_t opset = *bound;
    const std::int64_t cap = highest(options);
    Dialect dialect;
    dialect.matmul_nbits = options.matmul_nbits;
    if (opset < k_newest_opset && wants_newest(resolved, options) && cap >= k_newest_opset &&
        !cannot_raise(prepared, k_newest_opset))
        opset = k_newest_opset;
    dialect.newest = opset >= k_newest_opset;
    if (!dialect.newest)
        dialect.matmul_nbits = true;
    return guarded(resolved.prepared->original->path().string(), [&]() -> Result<onnx::ModelProto> {
        std::vector<Problem> said;
        auto model = build(resolved, dialect, opset, options.shapes, said);
        if (problems)
            problems->insert(problems->end(), said.begin(), said.end());
        return model;
    });
}

Result<onnx::ModelProto> build_qdq(const Resolved& resolved, const ExportOptions& options,
                                   std::vector<Problem>* problems) {
    auto model = build_pairs(resolved, options, problems);
    if (model)
        suit_runtime(*model, resolved);
    return model;
}

void suit_runtime(onnx::ModelProto& model, const Resolved& resolved) {
    if (resolved.target->sidecar.empty())
        avoid_known_faults(model, resolved);
    if (resolved.target->requantizes_float_weights)
        keep_weights_float(*model.mutable_graph());
}

onnx::ModelProto build_qdq(const Resolved& resolved) {
    return *build_qdq(resolved, ExportOptions{});  // without bounds every opset has a form
}

Status check_opset(const Resolved& resolved, const ExportOptions& options) {
    const auto opset = opset_within(resolved, options);
    if (!opset)
        return fail(opset);
    if (*opset >= k_quantization_opset)
        return {};
    const auto& layers = resolved.layers;
    if (std::any_of(layers.begin(), layers.end(),
                    [](const ResolvedLayer& layer) { return layer.kept_float == KeptFloat::no_statistics; }))
        return too_old(resolved, *opset, k_quantization_opset);
    const auto model = build_qdq(resolved, options);
    if (!model)
        return fail(model);
    const std::int64_t needed = opset_of(model->graph());
    return default_opset(*model) < needed ? too_old(resolved, default_opset(*model), needed) : Status();
}

Result<Exported> export_qdq(const Resolved& resolved, const std::filesystem::path& path,
                            const ExportOptions& options) {
    std::vector<Problem> problems;
    const auto model = build_qdq(resolved, options, &problems);
    if (!model)
        return fail(model);
    const std::int64_t opset = default_opset(*model);
    if (opset < opset_of(model->graph()))
        return too_old(resolved, opset, opset_of(model->graph()));
    auto exported = save_exported(resolved, *model, path);
    if (exported)
        exported->problems = std::move(problems);
    return exported;
}

}  // namespace quantwright
