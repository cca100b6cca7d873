#include "core/prepare/static_shapes.h"

#include <algorithm>
#include <map>

#include "core/model/proto_helpers.h"
#include "core/prepare/size_facts.h"

namespace quantwright {

namespace {

bool is_any(const std::string& op, std::initializer_list<const char*> ops) {
    return std::find(ops.begin(), ops.end(), op) != ops.end();
}

/// Operators whose output shape follows from element values of their main inputs.
bool gives_dynamic_shape(const std::string& op) {
    return is_any(op, {"NonZero",
                       "Unique",
                       "Compress",
                       "NonMaxSuppression",
                       "If",
                       "Loop",
                       "Scan",
                       "StringSplit",
                       "StringNormalizer",
                       "SplitToSequence",
                       "SequenceAt",
                       "SequenceConstruct",
                       "SequenceEmpty",
                       "SequenceErase",
                       "SequenceInsert",
                       "SequenceMap",
                       "ConcatFromSequence",
                       "Optional",
                       "OptionalGetElement",
                       "ImageDecoder"});
}

/// Inputs whose values, not only their shapes, decide the output's shape.
std::vector<int> shape_giving_inputs(const std::string& op) {
    static const std::map<std::string, std::vector<int>> table = {
        {"Reshape", {1}},         {"Expand", {1}},      {"Tile", {1}},
        {"ConstantOfShape", {0}}, {"Range", {0, 1, 2}}, {"TopK", {1}},
        {"Slice", {1, 2, 3, 4}},  {"Pad", {1, 3}},      {"Resize", {2, 3}},
        {"Upsample", {1}},        {"OneHot", {1}},      {"Squeeze", {1}},
        {"Unsqueeze", {1}},       {"Split", {1}},       {"CenterCropPad", {1}},
        {"STFT", {1, 3}},         {"DFT", {1, 2}},      {"MelWeightMatrix", {0, 1, 2}},
        {"BlackmanWindow", {0}},  {"HannWindow", {0}},  {"HammingWindow", {0}},
        {"MaxUnpool", {2}},       {"AffineGrid", {1}},  {"Col2Im", {1, 2}}};
    if (op.starts_with("Reduce"))
        return {1};  // axes, an input since opset 13 (ReduceSum) and 18
    const auto found = table.find(op);
    return found == table.end() ? std::vector<int>{} : found->second;
}

/// Resize of opset 10 has its scales where the later ones have the region of interest.
std::vector<int> shape_giving_inputs(const WorkingGraph& graph, const onnx::NodeProto& node) {
    if (node.op_type() == "Resize" && graph.opset() < 11)
        return {1};
    return shape_giving_inputs(node.op_type());
}

struct Knowledge {
    std::unordered_set<std::string> shapes;  ///< don't depend on the data
    std::unordered_set<std::string> values;  ///< don't depend on the data
};

bool has_static_shape(const WorkingGraph& graph, const WorkingNode& node, const Knowledge& known) {
    if (!is_standard(node.proto) || node.has_subgraph || node.unknown ||
        gives_dynamic_shape(node.proto.op_type()))
        return false;
    for (const std::string& input : node.proto.input())
        if (!input.empty() && !known.shapes.count(input))
            return false;
    for (const int index : shape_giving_inputs(graph, node.proto))
        if (!input_of(node.proto, index).empty() && !known.values.count(input_of(node.proto, index)))
            return false;
    return true;
}

bool has_static_value(const WorkingNode& node, const Knowledge& known) {
    if (is_op(node.proto, "Shape") || is_op(node.proto, "Size"))
        return node.proto.input_size() == 1 && known.shapes.count(input_of(node.proto, 0));
    if (!is_foldable_op(node))
        return false;
    const auto& inputs = node.proto.input();
    return std::all_of(inputs.begin(), inputs.end(), [&](const std::string& name) {
        return name.empty() || known.values.count(name) != 0;
    });
}

Knowledge analyse(const WorkingGraph& graph) {
    Knowledge known;
    for (const auto& input : graph.frame_model().graph().input())
        known.shapes.insert(input.name());
    for (const WorkingNode& node : graph.nodes()) {
        if (node.removed)
            continue;
        for (const std::string& input : node.proto.input())
            if (graph.is_constant(input)) {
                known.shapes.insert(input);
                known.values.insert(input);
            }
        const bool value = has_static_value(node, known);
        if (value || has_static_shape(graph, node, known))
            known.shapes.insert(node.proto.output().begin(), node.proto.output().end());
        if (value)
            known.values.insert(node.proto.output().begin(), node.proto.output().end());
    }
    return known;
}

}  // namespace

bool is_foldable_op(const WorkingNode& node) {
    // Quantize and dequantize are what the model's author wants to see, not arithmetic to be done away with.
    return is_standard(node.proto) && !node.has_subgraph && !node.unknown &&
           !is_any(node.proto.op_type(), {"QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear",
                                          "RandomNormal", "RandomNormalLike", "RandomUniform",
                                          "RandomUniformLike", "Multinomial", "Bernoulli", "Dropout"});
}

// Negative ends count from the back, all is clamped.
Shape part_of_shape(const Shape& shape, const onnx::NodeProto& node) {
    const auto rank = static_cast<std::int64_t>(shape.size());
    const auto place = [rank](std::int64_t at) {
        return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    const std::int64_t start = place(int_attribute(node, "start", 0));
    const std::int64_t end = std::max(start, place(int_attribute(node, "end", rank)));
    return {shape.begin() + start, shape.begin() + end};
}

std::unordered_set<std::string> static_tensors(const WorkingGraph& graph) {
    return analyse(graph).shapes;
}

bool has_shape_nodes(const WorkingGraph& graph) {
    return std::any_of(graph.nodes().begin(), graph.nodes().end(), [](const WorkingNode& node) {
        return !node.removed && (is_op(node.proto, "Shape") || is_op(node.proto, "Size"));
    });
}

namespace {
/// The shape of what is computed from shapes alone (a grid) may be asked for when nothing else reads that.
void record_producers(WorkingGraph& graph, const std::string& tensor,
                      const std::unordered_set<std::string>& values, std::unordered_set<int>& recorded) {
    const int producer = graph.producer(tensor);
    if (producer < 0 || !values.count(tensor) || !recorded.insert(producer).second)
        return;
    const onnx::NodeProto& node = graph.nodes()[static_cast<std::size_t>(producer)].proto;
    for (const std::string& input : node.input())
        record_producers(graph, input, values, recorded);
    record_size_node(graph, node);
}
}  // namespace

void fold_shapes(WorkingGraph& graph, const MeasuredTypes& types) {
    const Knowledge known = analyse(graph);
    std::unordered_set<int> recorded;
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        WorkingNode& node = graph.nodes()[i];
        const bool size = is_op(node.proto, "Size");
        if (node.removed || !(size || is_op(node.proto, "Shape")) ||
            !known.shapes.count(input_of(node.proto, 0)))
            continue;
        const std::string output = output_of(node.proto, 0);
        const auto type = types.find(input_of(node.proto, 0));
        if (type == types.end() || type->second.type == ElementType::undefined || graph.is_output(output))
            continue;
        const Shape& shape = type->second.shape;
        Tensor value;
        if (size) {
            value = make_tensor({}, std::vector<std::int64_t>{element_count(shape)});
        } else {
            auto sizes = part_of_shape(shape, node.proto);
            const auto count = static_cast<std::int64_t>(sizes.size());
            value = make_tensor({count}, std::move(sizes));
        }
        const Origins origins = node.origins;
        if (const Dependence dependence = dependence_of_shape(graph, node.proto); dependence.any) {
            record_size_node(graph, node.proto);
            record_producers(graph, input_of(node.proto, 0), known.values, recorded);
            graph.sizes().results[output] = dependence.elements;
        }
        graph.remove(static_cast<int>(i));
        graph.set_constant(proto_from(output, value), origins);
    }
}

}  // namespace quantwright
