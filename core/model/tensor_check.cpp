#include "core/model/tensor_check.h"

#include "core/model/proto_helpers.h"
#include "core/model/tensor_size.h"

namespace quantwright {

Status check_tensor(const onnx::TensorProto& proto, const std::string& model) {
    const auto type = static_cast<ElementType>(proto.data_type());
    if (type == ElementType::undefined)
        return fail(ErrorCode::model_not_onnx, proto.name(), "a tensor without an element type, in " + model);
    const bool known = bits_of(type) > 0;
    if (!known && type != ElementType::string)
        return {};  // newer than this program: for the runtime to judge
    const Shape shape(proto.dims().begin(), proto.dims().end());
    if (!checked_element_count(shape) || !checked_byte_count(type, shape))
        return fail(ErrorCode::model_not_onnx, proto.name(),
                    "its shape has a negative or an impossible size, in " + model);
    if (tensor_from(proto).type == ElementType::undefined)
        return fail(ErrorCode::model_truncated, proto.name(), "its data do not fill its shape, in " + model);
    return {};
}

void absorb(onnx::TensorProto& proto, const Tensor& data) {
    proto.set_raw_data(data.bytes.data(), data.bytes.size());
    proto.clear_external_data();
    proto.clear_data_location();
}

namespace {

class Walk {
public:
    explicit Walk(const std::function<Status(onnx::TensorProto&)>& visit) : m_visit(visit) {}

    Status graph(onnx::GraphProto& graph, bool is_main) {
        if (!is_main)
            for (auto& tensor : *graph.mutable_initializer())
                if (auto visited = m_visit(tensor); !visited)
                    return visited;
        for (auto& tensor : *graph.mutable_sparse_initializer())
            if (auto visited = sparse(tensor); !visited)
                return visited;
        for (auto& node : *graph.mutable_node())
            if (auto visited = attributes(node); !visited)
                return visited;
        return {};
    }

    Status attributes(onnx::NodeProto& node) {
        // A file can't nest deeper than protobuf's recursion limit; a proto made in memory is one's own.
        for (auto& attribute : *node.mutable_attribute()) {
            if (attribute.has_t())
                if (auto visited = m_visit(*attribute.mutable_t()); !visited)
                    return visited;
            for (auto& tensor : *attribute.mutable_tensors())
                if (auto visited = m_visit(tensor); !visited)
                    return visited;
            if (attribute.has_sparse_tensor())
                if (auto visited = sparse(*attribute.mutable_sparse_tensor()); !visited)
                    return visited;
            if (attribute.has_g())
                if (auto visited = graph(*attribute.mutable_g(), false); !visited)
                    return visited;
            for (auto& inner : *attribute.mutable_graphs())
                if (auto visited = graph(inner, false); !visited)
                    return visited;
        }
        return {};
    }

private:
    Status sparse(onnx::SparseTensorProto& tensor) {
        for (auto* part : {tensor.mutable_values(), tensor.mutable_indices()})
            if (auto visited = m_visit(*part); !visited)
                return visited;
        return {};
    }

    const std::function<Status(onnx::TensorProto&)>& m_visit;
};

}  // namespace

Status for_each_hidden_tensor(onnx::ModelProto& model,
                              const std::function<Status(onnx::TensorProto&)>& visit) {
    Walk walk(visit);
    if (auto visited = walk.graph(*model.mutable_graph(), true); !visited)
        return visited;
    for (auto& function : *model.mutable_functions())
        for (auto& node : *function.mutable_node())
            if (auto visited = walk.attributes(node); !visited)
                return visited;
    return {};
}

}  // namespace quantwright
