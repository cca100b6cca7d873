#pragma once
// Writes the quantized places of a file. Private to core/export.
#include <map>
#include <set>
#include <string>

#include "core/export/dynamic_forms.h"
#include "core/rewrite/rewrite.h"

namespace quantwright {

/// How a file says what opset 13 has no words for.
struct Dialect {
    /// QuantizeLinear and DequantizeLinear are those of opset 21: 16 and 4 bits, blocks. Otherwise those of
    /// com.microsoft, and blocks otherwise.
    bool newest = false;
    /// com.microsoft.MatMulNBits for every layer it can compute.
    bool matmul_nbits = false;
};

/// True for codes that QuantizeLinear and DequantizeLinear of the default domain know from opset 21 on.
[[nodiscard]] bool needs_newest(ElementType codes);

/// QuantizeLinear / DequantizeLinear with scale and zero point always explicit; tensors that share a scale
/// share its initializers.
class QdqWriter : public PlaceWriter {
public:
    QdqWriter(const Resolved& resolved, Dialect dialect);

    void activation(onnx::GraphProto& graph, const ResolvedTensor& tensor, const std::string& from,
                    const std::string& to) override;
    void weight(onnx::GraphProto& graph, int layer, const std::string& to) override;
    void bias(onnx::GraphProto& graph, int layer, const std::string& to) override;
    bool special_node(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) override;
    void to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) override;
    void from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) override;
    void half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to) override;
    void half_node(onnx::GraphProto& graph, const onnx::NodeProto& node) override;

private:
    [[nodiscard]] const std::string& tensor_name(TensorId id) const {
        return m_resolved.prepared->model->graph()[id].name;
    }
    [[nodiscard]] const char* domain_for(ElementType codes) const;
    std::pair<std::string, std::string> parameters_of(onnx::GraphProto& graph, const ResolvedTensor& tensor);

    /// The codes, held to those in use.
    std::string clipped(onnx::GraphProto& graph, const ResolvedTensor& tensor, const std::string& codes);

    const Resolved& m_resolved;
    const Dialect m_dialect;
    Names m_names;
    DynamicForms m_dynamic;
    std::map<TensorId, std::pair<std::string, std::string>> m_written;  ///< scale and zero point
};

}  // namespace quantwright
