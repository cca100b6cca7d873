#pragma once
// Layers whose activation is quantized at run time: DynamicQuantizeLinear and integer products. Private to
// core/export.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/export/graph_parts.h"

namespace quantwright {

class DynamicForms {
public:
    /// Writes a layer's weight with a DequantizeLinear in front, under the given name.
    using WriteWeight = std::function<void(onnx::GraphProto&, int, const std::string&)>;

    DynamicForms(const Resolved& resolved, Names& names, WriteWeight write_weight)
        : m_resolved(resolved), m_names(names), m_write_weight(std::move(write_weight)) {}

    /// Adds what computes `node`, the compute node of dynamic layer `layer`, and gives its output.
    void write(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node);

private:
    struct Codes {
        std::string values, scale, zero_point;
    };
    struct Written {
        int layer = 0;
        bool transposed = false;
        Codes names;
    };

    [[nodiscard]] const ResolvedWeight& weight_of(int layer) const;
    /// The float bias that the node reads as `name`.
    [[nodiscard]] Tensor bias_of(int layer, const std::string& name) const;
    /// The activation's codes; one DynamicQuantizeLinear for all who read the tensor.
    const Codes& quantized(onnx::GraphProto& graph, const std::string& activation);
    /// The weight's codes in bytes; the scale has a Conv's rank, or is one per column. Once per weight.
    Codes weight_codes_of(onnx::GraphProto& graph, int layer, bool transpose);
    void convolution(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node);
    void product(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node);
    void fused_product(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node);
    void fake_quantized(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node);
    /// int32 sums → float → times both scales → plus bias, as `node`'s output.
    void rescale(onnx::GraphProto& graph, const std::string& sums, const Codes& activation,
                 const Codes& weight, const std::string& bias, const onnx::NodeProto& node);

    const Resolved& m_resolved;
    Names& m_names;
    WriteWeight m_write_weight;
    std::map<std::string, Codes> m_activations;
    std::map<std::string, std::string> m_dequantized;
    std::map<std::string, std::vector<Written>> m_weights;
};

}  // namespace quantwright
