#include "core/calibrate/observed_graph.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/calibrate/observe_operator.h"
#include "core/model/proto_helpers.h"
#include "core/runtime/channel_blocks.h"

namespace quantwright {

std::vector<TensorId> observed_tensors(const Prepared& prepared) {
    const Graph& graph = prepared.model->graph();
    std::set<TensorId> wanted;
    for (const Layer& layer : prepared.layers) {
        wanted.insert(layer.inputs.begin(), layer.inputs.end());
        wanted.insert(layer.outputs.begin(), layer.outputs.end());
    }
    std::vector<TensorId> ordered;
    const auto take = [&](TensorId id) {
        const GraphTensor& tensor = graph[id];
        const bool end = tensor.is_output || tensor.is_input;
        if ((end || wanted.contains(id)) && !tensor.is_initializer &&
            prepared.tensor_types[static_cast<std::size_t>(id)].type == ElementType::float32)
            ordered.push_back(id);
    };
    for (std::size_t i = 0; i < graph.tensors().size(); ++i)
        if (graph.tensors()[i].is_input)
            take(static_cast<TensorId>(i));
    for (const GraphNode& node : graph.nodes())
        for (const auto& output : node.outputs)
            if (output)
                take(*output);
    return ordered;
}

onnx::ModelProto observed_model(const Prepared& prepared, const std::vector<TensorId>& tensors,
                                bool with_outputs) {
    onnx::ModelProto model = prepared.model->proto();
    if (tensors.empty())
        return model;
    const Graph& graph = prepared.model->graph();
    set_opset(model, k_observe_domain, 1);
    auto& proto = *model.mutable_graph();
    proto.clear_output();
    for (std::size_t slot = 0; slot < tensors.size(); ++slot) {
        std::string summary = "quantwright_summary_" + std::to_string(slot);
        while (graph.find_tensor(summary))
            summary += "_";
        auto& node = *proto.add_node();
        node = make_node(k_observe, summary, {graph[tensors[slot]].name}, {summary});
        node.set_domain(k_observe_domain);
        set_attribute(node, "slot", static_cast<std::int64_t>(slot));
        set_attribute(node, "block", std::int64_t(0));
        set_attribute(node, "channels", std::int64_t(0));
        auto& output = *proto.add_output();
        output.set_name(summary);
        auto& type = *output.mutable_type()->mutable_tensor_type();
        type.set_elem_type(onnx::TensorProto::DOUBLE);
        type.mutable_shape()->add_dim();  // how many there are depends on the image's channels
    }
    if (with_outputs)
        proto.mutable_output()->MergeFrom(prepared.model->proto().graph().output());
    return model;
}

bool read_blocks(onnx::ModelProto& optimized, std::size_t block) {
    auto& graph = *optimized.mutable_graph();
    std::map<std::string, const onnx::NodeProto*> from_blocks;
    for (const auto& node : graph.node())
        if (node.domain() == k_blocks_domain && node.op_type() == k_from_blocks &&
            int_attribute(node, "channels_last", 0) == 0)
            from_blocks[node.output(0)] = &node;
    bool any = false;
    std::set<std::string> read;
    for (auto& node : *graph.mutable_node()) {
        const bool observes = node.domain() == k_observe_domain && node.op_type() == k_observe;
        if (const auto found = observes ? from_blocks.find(node.input(0)) : from_blocks.end();
            found != from_blocks.end()) {
            set_attribute(node, "block", static_cast<std::int64_t>(block));
            set_attribute(node, "channels", int_attribute(*found->second, "channels", 0));
            node.set_input(0, found->second->input(0));
            any = true;
        }
        read.insert(node.input().begin(), node.input().end());
    }
    if (!any)
        return false;
    for (const auto& output : graph.output())
        read.insert(output.name());
    std::set<std::string> unread;
    for (const auto& [name, node] : from_blocks)
        if (!read.contains(name))
            unread.insert(name);
    auto& nodes = *graph.mutable_node();
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                               [&](const onnx::NodeProto& node) { return unread.contains(node.output(0)); }),
                nodes.end());
    return true;
}

}  // namespace quantwright
