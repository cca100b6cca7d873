#pragma once
// The writer of a simulation's quantized places.
#include <map>
#include <string>
#include <vector>

#include "core/rewrite/rewrite.h"
#include "core/runtime/session.h"

namespace quantwright {

/// Fake-quantize operators on activations; weights and biases replaced by the values their codes stand for.
/// With optimizations on these are constants, which the runtime lays out for its fast kernels; with them off
/// they stay behind a DequantizeLinear as in the exported file, so that the same kernels run on them.
class SimulationWriter : public PlaceWriter {
public:
    SimulationWriter(const Resolved& resolved, Optimizations optimizations)
        : m_resolved(resolved), m_as_codes(optimizations == Optimizations::off) {}

    void activation(onnx::GraphProto& graph, const ResolvedTensor& tensor, const std::string& from,
                    const std::string& to) override;
    void weight(onnx::GraphProto& graph, int layer, const std::string& to) override;
    void bias(onnx::GraphProto& graph, int layer, const std::string& to) override;
    bool special_node(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) override;
    void to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) override;
    void from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) override;
    void half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to) override;
    void half_node(onnx::GraphProto& graph, const onnx::NodeProto& node) override;

    /// Of the fake-quantize operators: what they begin with, and whose they are.
    std::vector<Parameters> slots;
    std::map<TensorId, std::size_t> slots_of;

private:
    const std::string& dynamic_of(onnx::GraphProto& graph, const std::string& name);

    const Resolved& m_resolved;
    const bool m_as_codes;
    std::map<std::string, std::string> m_dynamic;
};

}  // namespace quantwright
