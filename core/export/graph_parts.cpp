#include "core/export/graph_parts.h"

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

template <class T>
std::vector<T> transpose(const std::vector<T>& values, std::int64_t rows, std::int64_t columns) {
    std::vector<T> result(values.size());
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c)
            result[static_cast<std::size_t>(c * rows + r)] =
                values[static_cast<std::size_t>(r * columns + c)];
    return result;
}

}  // namespace

std::string Names::fresh(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; m_graph.find_tensor(name) || !m_taken.insert(name).second; ++i)
        name = wanted + "_" + std::to_string(i);
    return name;
}

void add_constant(onnx::GraphProto& graph, const std::string& name, const Tensor& values) {
    *graph.add_initializer() = proto_from(name, values);
}

void add_codes(onnx::GraphProto& graph, const std::string& name, const Shape& shape,
               const std::vector<std::int32_t>& codes, ElementType storage, std::int32_t offset) {
    add_constant(graph, name, make_tensor(storage, shape, pack(codes, storage, offset)));
}

onnx::NodeProto& add_node(onnx::GraphProto& graph, const std::string& op, std::vector<std::string> inputs,
                          const std::string& output) {
    onnx::NodeProto& node = *graph.add_node();
    node = make_node(op, output + "_" + op, std::move(inputs), {output});
    return node;
}

std::int32_t storage_offset(const ResolvedWeight& weight) {
    return weight.storage == ElementType::uint8 && weight.parameters.format->qmin < 0 ? 128 : 0;
}

std::vector<std::int32_t> transposed(const std::vector<std::int32_t>& values, std::int64_t rows,
                                     std::int64_t columns) {
    return transpose(values, rows, columns);
}

std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
    return transpose(values, rows, columns);
}

}  // namespace quantwright
