#include "core/export/export_qdq.h"

#include <onnx/onnx_pb.h>

#include <set>

#include "core/base/atomic_file.h"
#include "core/model/proto_helpers.h"
#include "core/prepare/raise_opset.h"
#include "core/rewrite/quantized_constants.h"
#include "core/rewrite/rewrite.h"

namespace quantwright {

namespace {

/// The IR of the first opset with per-channel QuantizeLinear and DequantizeLinear.
constexpr std::int64_t k_qdq_ir = 7;
/// More than this goes to external data: protobuf stops at 2 GB.
constexpr std::int64_t k_protobuf_limit = (std::int64_t(1) << 31) - (1 << 24);

/// QuantizeLinear / DequantizeLinear with scale and zero point always explicit; tensors that share a scale
/// share its initializers.
class QdqWriter : public PlaceWriter {
public:
    explicit QdqWriter(const Resolved& resolved) : m_resolved(resolved) {}

    void activation(onnx::GraphProto& graph, const ResolvedTensor& tensor, const std::string& from,
                    const std::string& to) override {
        const std::string& name = tensor_name(tensor.tensor);
        const auto [scale, zero_point] = parameters_of(graph, tensor);
        const std::string codes = name + "_quantized";
        *graph.add_node() =
            make_node("QuantizeLinear", name + "_QuantizeLinear", {from, scale, zero_point}, {codes});
        *graph.add_node() =
            make_node("DequantizeLinear", name + "_DequantizeLinear", {codes, scale, zero_point}, {to});
    }

    void weight(onnx::GraphProto& graph, int layer, const std::string& to) override {
        write_quantized_weight(graph, m_resolved, layer, to);
    }

    void bias(onnx::GraphProto& graph, int layer, const std::string& to) override {
        write_quantized_bias(graph, m_resolved, layer, to);
    }

private:
    [[nodiscard]] const std::string& tensor_name(TensorId id) const {
        return m_resolved.prepared->model->graph()[id].name;
    }

    std::pair<std::string, std::string> parameters_of(onnx::GraphProto& graph, const ResolvedTensor& tensor) {
        const auto& owner = m_resolved.tensors[static_cast<std::size_t>(tensor.scale_owner)];
        const bool shared = owner && owner->parameters == tensor.parameters;
        const TensorId id = shared ? tensor.scale_owner : tensor.tensor;
        const std::string scale = tensor_name(id) + "_scale", zero_point = tensor_name(id) + "_zero_point";
        if (m_written.insert(id).second)
            write_parameters(graph, scale, zero_point, tensor.parameters, tensor.parameters.format->storage);
        return {scale, zero_point};
    }

    const Resolved& m_resolved;
    std::set<TensorId> m_written;
};

}  // namespace

onnx::ModelProto build_qdq(const Resolved& resolved) {
    QdqWriter writer(resolved);
    RewriteOptions options;
    options.drop_implied_activations = true;
    onnx::ModelProto model = rewrite(resolved, writer, options).model;
    model.set_ir_version(std::max(model.ir_version(), k_qdq_ir));
    return model;
}

Result<Exported> export_qdq(const Resolved& resolved, const std::filesystem::path& path) {
    if (auto apart = refuse_overwriting(path, resolved.prepared->original->files()); !apart)
        return fail(apart);
    if (resolved.prepared->model->opset() < k_quantization_opset)
        return fail(ErrorCode::model_unsupported_opset, path.string(), "quantized models need opset 13");
    if (auto saved = save_model(build_qdq(resolved), path, k_protobuf_limit, resolved.prepared->model.get());
        !saved)
        return fail(saved);
    Exported exported;
    exported.path = path;
    std::error_code error;
    exported.bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
    auto data = path;
    data += ".data";
    if (std::filesystem::exists(data, error))
        exported.bytes += static_cast<std::int64_t>(std::filesystem::file_size(data, error));
    exported.float_bytes = resolved.prepared->original->file_bytes();
    exported.layers_quantized = resolved.quantized_layers();
    exported.layers_total = static_cast<int>(resolved.layers.size());
    return exported;
}

}  // namespace quantwright
