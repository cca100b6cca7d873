#include "core/prepare/fuse_linear.h"

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

const TensorType* type_of(const MeasuredTypes& types, const std::string& name) {
    const auto found = types.find(name);
    return found == types.end() ? nullptr : &found->second;
}

bool is_float(ElementType type) {
    return type == ElementType::float32 || type == ElementType::float64 || type == ElementType::float16;
}

void fuse(WorkingGraph& graph, const MeasuredTypes& types, int product) {
    const auto& nodes = graph.nodes();
    const WorkingNode& matmul = nodes[static_cast<std::size_t>(product)];
    const std::string data = input_of(matmul.proto, 0), weight = input_of(matmul.proto, 1);
    const std::string between = output_of(matmul.proto, 0);
    const TensorType *in = type_of(types, data), *matrix = type_of(types, weight);
    if (!in || !matrix || graph.is_constant(data) || !graph.is_constant(weight) ||
        graph.is_measured(weight) || !is_float(in->type) || in->shape.size() != 2 ||
        matrix->shape.size() != 2)
        return;
    const int add = graph.sole_reader(between);
    if (add < 0 || graph.given().has_pair(between) ||
        !is_op(nodes[static_cast<std::size_t>(add)].proto, "Add"))
        return;
    const WorkingNode& sum = nodes[static_cast<std::size_t>(add)];
    const std::string bias = input_of(sum.proto, input_of(sum.proto, 0) == between ? 1 : 0);
    const TensorType* row = type_of(types, bias);
    if (!graph.is_constant(bias) || graph.is_measured(bias) || !row || row->type != in->type ||
        row->shape != Shape{matrix->shape[1]})
        return;
    const std::string result = output_of(sum.proto, 0);
    const Origins origins = sum.origins;
    graph.remove(add);
    graph.replace(product, make_node("Gemm", {}, {data, weight, bias}, {result}));
    append(graph.nodes()[static_cast<std::size_t>(product)].origins, origins);
}

}  // namespace

void fuse_linear(WorkingGraph& graph, const MeasuredTypes& types) {
    for (std::size_t i = 0; i < graph.nodes().size(); ++i)
        if (!graph.nodes()[i].removed && is_op(graph.nodes()[i].proto, "MatMul"))
            fuse(graph, types, static_cast<int>(i));
}

}  // namespace quantwright
