#include "core/prepare/annotate.h"

namespace quantwright {

void annotate(onnx::GraphProto& graph, const MeasuredTypes& types,
              const std::unordered_set<std::string>& static_names) {
    const auto describe = [&](onnx::ValueInfoProto& value, const std::string& name, const TensorType& type) {
        value.set_name(name);
        auto& tensor = *value.mutable_type()->mutable_tensor_type();
        tensor.set_elem_type(static_cast<int>(type.type));
        auto& shape = *tensor.mutable_shape();
        shape.clear_dim();
        for (const auto size : type.shape) {
            auto& dimension = *shape.add_dim();
            if (static_names.count(name))
                dimension.set_dim_value(size);
        }
    };
    const auto known = [&](const std::string& name) -> const TensorType* {
        const auto found = types.find(name);
        return found == types.end() || found->second.type == ElementType::undefined ? nullptr
                                                                                    : &found->second;
    };

    std::unordered_set<std::string> outputs;
    for (auto& output : *graph.mutable_output()) {
        outputs.insert(output.name());
        if (const auto* type = known(output.name()))
            describe(output, output.name(), *type);
    }
    graph.clear_value_info();
    for (const auto& node : graph.node())
        for (const std::string& name : node.output())
            if (const auto* type = known(name); type && !outputs.count(name))
                describe(*graph.add_value_info(), name, *type);
}

}  // namespace quantwright
