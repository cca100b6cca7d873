#include "tests/support/model_kinds.h"

#include <algorithm>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/number/convert.h"

namespace quantwright::testing {

namespace {

constexpr auto k_float = static_cast<int>(ElementType::float32);

/// Inputs that stay float32 whatever the network computes in.
bool stays_float(const onnx::NodeProto& node, int input) {
    return (node.op_type() == "Resize" && input == 2) || (node.op_type() == "Upsample" && input == 1) ||
           node.op_type().find("QuantizeLinear") != std::string::npos ||
           node.op_type().find("Linear") != std::string::npos;
}

void retype(onnx::TensorProto& tensor, ElementType type) {
    if (tensor.data_type() == k_float)
        tensor = proto_from(tensor.name(), convert(tensor_from(tensor), type));
}

void retype(onnx::ValueInfoProto& value, ElementType type) {
    if (value.type().has_tensor_type() && value.type().tensor_type().elem_type() == k_float)
        value.mutable_type()->mutable_tensor_type()->set_elem_type(static_cast<int>(type));
}

bool as_type(onnx::ModelProto& model, Values& given, ElementType type) {
    auto& graph = *model.mutable_graph();
    std::set<std::string> kept;
    for (const auto& node : graph.node())
        for (int i = 0; i < node.input_size(); ++i)
            if (stays_float(node, i))
                kept.insert(node.input(i));
    bool any = false;
    for (auto& input : *graph.mutable_input()) {
        any |= input.type().tensor_type().elem_type() == k_float;
        retype(input, type);
    }
    for (auto& output : *graph.mutable_output())
        retype(output, type);
    for (auto& value : *graph.mutable_value_info())
        retype(value, type);
    for (auto& weight : *graph.mutable_initializer())
        if (!kept.contains(weight.name()))
            retype(weight, type);
    for (auto& node : *graph.mutable_node())
        for (auto& attribute : *node.mutable_attribute())
            if (attribute.has_t() && !kept.contains(node.output(0)))
                retype(*attribute.mutable_t(), type);
            else if (attribute.name() == "to" && attribute.i() == k_float)
                attribute.set_i(static_cast<int>(type));
    for (auto& [name, tensor] : given)
        if (tensor.type == ElementType::float32)
            tensor = convert(tensor, type);
    return any;
}

bool opens_batch(onnx::ModelProto& model, Values&) {
    auto& graph = *model.mutable_graph();
    if (graph.input_size() != 1 || graph.input(0).type().tensor_type().shape().dim_size() < 2)
        return false;
    graph.mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(0)
        ->set_dim_param("N");
    graph.clear_value_info();
    for (auto& output : *graph.mutable_output())
        output.mutable_type()->mutable_tensor_type()->clear_shape();
    return true;
}

/// Before IR 4 every initializer was an input too.
bool weights_among_inputs(onnx::ModelProto& model, Values&) {
    auto& graph = *model.mutable_graph();
    if (graph.initializer_size() == 0)
        return false;
    std::set<std::string> inputs;
    for (const auto& input : graph.input())
        inputs.insert(input.name());
    model.set_ir_version(3);
    for (const auto& weight : graph.initializer()) {
        if (!inputs.insert(weight.name()).second)
            continue;
        auto& input = *graph.add_input();
        input.set_name(weight.name());
        auto& type = *input.mutable_type()->mutable_tensor_type();
        type.set_elem_type(weight.data_type());
        type.mutable_shape();
        for (const std::int64_t size : weight.dims())
            type.mutable_shape()->add_dim()->set_dim_value(size);
    }
    return true;
}

/// Only models whose operators say the same from opset 13 to 24.
bool newer_opset(onnx::ModelProto& model, std::int64_t version) {
    std::int64_t opset = 0;
    for (const auto& import : model.opset_import())
        if (import.domain().empty())
            opset = import.version();
    const auto changed = [](const onnx::NodeProto& node) {
        const std::string& op = node.op_type();
        return op.rfind("Reduce", 0) == 0 || op == "Split" || op == "BatchNormalization" ||
               op == "GroupNormalization" || op == "Resize" || op == "Upsample" || op == "Scan" ||
               op == "DFT";
    };
    const auto& nodes = model.graph().node();
    if (opset < 13 || opset >= version || std::any_of(nodes.begin(), nodes.end(), changed))
        return false;
    set_opset(model, "", version);
    model.set_ir_version(std::max<std::int64_t>(model.ir_version(), 8 + (version - 18) / 2));
    return true;
}

std::vector<ModelKind> all_kinds() {
    const auto type = [](ElementType element) {
        return [=](onnx::ModelProto& model, Values& given) { return as_type(model, given, element); };
    };
    std::vector<ModelKind> kinds = {
        {"float16", type(ElementType::float16)},
        {"bfloat16", type(ElementType::bfloat16)},
        {"float64", type(ElementType::float64)},
        {"open batch", opens_batch, false, true},
        {"outside weights",
         [](onnx::ModelProto& model, Values&) { return model.graph().initializer_size() > 0; }, true},
        {"IR 3", weights_among_inputs},
        {"IR 13",
         [](onnx::ModelProto& model, Values&) {
             model.set_ir_version(13);
             return true;
         }},
    };
    for (std::int64_t version = 18; version <= 24; ++version)
        kinds.push_back({"opset " + std::to_string(version),
                         [=](onnx::ModelProto& model, Values&) { return newer_opset(model, version); }});
    return kinds;
}

}  // namespace

const std::vector<ModelKind>& model_kinds() {
    static const std::vector<ModelKind> kinds = all_kinds();
    return kinds;
}

Result<std::shared_ptr<const Model>> load_kind(const ModelKind& kind, const onnx::ModelProto& model,
                                               const std::filesystem::path& folder) {
    const auto path = folder / "model.onnx";
    if (const auto saved = kind.outside ? save_model(model, path, 0) : save_model(model, path); !saved)
        return fail(saved);
    return Model::load(path);
}

}  // namespace quantwright::testing
