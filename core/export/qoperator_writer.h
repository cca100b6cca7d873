#pragma once
// A QDQ graph into integer operators. A layer whose data are codes on both sides is exchanged for the
// operator that computes on codes; what has none (16-bit and 4-bit codes, operators without an integer kernel
// in ONNX Runtime) stays as it is, between the pairs that it has. Private to core/export.
#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/export/qoperator_index.h"
#include "core/plan/resolve.h"

namespace quantwright {

class QOperatorWriter {
public:
    /// `model` must be what build_qdq() gives for `resolved`.
    QOperatorWriter(const Resolved& resolved, onnx::ModelProto& model);
    void run();
    /// After run(): static layers of which no node became an integer operator, with true where every node of
    /// them has such an operator for some formats.
    [[nodiscard]] const std::map<int, bool>& remaining() const { return m_remaining; }

private:
    using Node = onnx::NodeProto;
    using Names = std::vector<std::string>;

    // qoperator_writer.cpp
    bool convert(int position);
    /// Converts the node or keeps it, and remembers what became of its layer.
    bool take(int position);
    /// Index of the layer that the node is of; -1 for nodes that the prepared graph does not have.
    [[nodiscard]] int layer_of(int position) const;
    void remove_unread();
    void add(std::string_view op, const std::string& name, Names inputs, const std::string& output);
    /// The same in com.microsoft.
    Node& add_contrib(std::string_view op, const std::string& name, Names inputs, const std::string& output);
    std::string add_constant(const std::string& wanted, const Tensor& value);
    /// Marks what the ending takes in, and gives the name that the operator must write its codes to.
    std::string begin(const Ending& ending);
    /// Clips the codes where the activations of the ending do.
    void finish(const Ending& ending, const std::string& written);
    void requantize(const Codes& from, const Codes& to, const std::string& name, const std::string& output);
    [[nodiscard]] static Names parts(const Codes& codes) {
        return {codes.tensor, codes.scale_name, codes.zero_point_name};
    }
    [[nodiscard]] static Names target(const Codes& codes) {
        return {codes.scale_name, codes.zero_point_name};
    }

    // qoperator_products.cpp
    bool convolution(const Node& node);
    bool gemm(const Node& node);
    bool matrix_product(const Node& node, int position);
    bool gemm_of_rows(const Node& node, const Codes& data, const Codes& weight, const std::string& bias,
                      const Ending& ending);
    /// Initializer with the int32 codes of a bias with scale data * weight; empty if it has none that fit.
    std::string integer_bias(const std::string& bias, const Codes& data, const Codes& weight);
    /// Shape of a tensor that the prepared graph has under this name; -1 where it is open in the file.
    [[nodiscard]] std::optional<Shape> shape_in_file(const std::string& tensor) const;

    // qoperator_layers.cpp
    [[nodiscard]] static bool has_integer_operator(const Node& node);
    bool elementwise(const Node& node);
    bool one_input(const Node& node);
    bool concatenation(const Node& node);
    bool activation(const Node& node, int position);
    bool passive(const Node& node);

    const Resolved& m_resolved;
    const Prepared& m_prepared;
    onnx::ModelProto& m_model;
    QdqIndex m_index;
    onnx::GraphProto m_new;                     ///< nodes and initializers written so far
    std::vector<bool> m_taken;                  ///< by position: part of something written already
    std::map<std::string, std::string> m_rows;  ///< codes as a matrix of rows, by tensor of codes
    bool m_contrib = false;
    std::map<int, bool> m_remaining;
    std::set<int> m_converted;  ///< layers with an integer operator
};

/// Signed data and the weights they meet become unsigned: 128 more in every code and zero point is the same
/// number. Everywhere if `all`; else only where signed data meet unsigned weights, which ONNX Runtime has no
/// kernel for.
void make_unsigned(onnx::GraphProto& graph, bool all);

}  // namespace quantwright
