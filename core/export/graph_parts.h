#pragma once
// What the writers of quantized nodes share: names nobody has, constants, nodes. Private to core/export.
#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <vector>

#include "core/plan/resolve.h"

namespace quantwright {

inline constexpr const char* k_microsoft_domain = "com.microsoft";

/// Names for what is added to a graph.
class Names {
public:
    explicit Names(const Graph& graph) : m_graph(graph) {}
    /// `wanted`, else with a number: no tensor of the graph has it, and it is given once.
    std::string fresh(const std::string& wanted);

private:
    const Graph& m_graph;
    std::set<std::string> m_taken;
};

void add_constant(onnx::GraphProto& graph, const std::string& name, const Tensor& values);
void add_codes(onnx::GraphProto& graph, const std::string& name, const Shape& shape,
               const std::vector<std::int32_t>& codes, ElementType storage, std::int32_t offset);
/// A node named `<output>_<op>` with one output.
onnx::NodeProto& add_node(onnx::GraphProto& graph, const std::string& op, std::vector<std::string> inputs,
                          const std::string& output);

/// What is added to codes and zero points where a signed format is stored as unsigned bytes.
[[nodiscard]] std::int32_t storage_offset(const ResolvedWeight& weight);
/// A weight of two dimensions with them swapped.
[[nodiscard]] std::vector<std::int32_t> transposed(const std::vector<std::int32_t>& values, std::int64_t rows,
                                                   std::int64_t columns);
[[nodiscard]] std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows,
                                            std::int64_t columns);

}  // namespace quantwright
