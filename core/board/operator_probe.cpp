#include "core/board/operator_probe.h"

#include <onnx/onnx_pb.h>

#include <mutex>
#include <set>
#include <span>
#include <unordered_set>

#include "core/base/sha256.h"

namespace quantwright {

namespace {

/// Shapes, axes and other things that operators want to be constant are smaller.
constexpr std::size_t k_small_bytes = 1024;

class Skeleton {
public:
    explicit Skeleton(const Model& model) : m_model(model) {}

    onnx::ModelProto make() {
        const onnx::ModelProto& whole = m_model.proto();
        onnx::ModelProto proto;
        proto.set_ir_version(whole.ir_version());
        *proto.mutable_opset_import() = whole.opset_import();
        *proto.mutable_functions() = whole.functions();
        const onnx::GraphProto& from = whole.graph();
        onnx::GraphProto& graph = *proto.mutable_graph();
        graph.set_name(from.name());
        *graph.mutable_input() = from.input();
        *graph.mutable_output() = from.output();
        *graph.mutable_value_info() = from.value_info();
        *graph.mutable_sparse_initializer() = from.sparse_initializer();
        for (const onnx::ValueInfoProto& input : from.input())
            m_inputs.insert(input.name());
        for (const onnx::TensorProto& tensor : from.initializer())
            take(tensor, graph);
        for (const onnx::NodeProto& node : from.node())
            take(node, graph);
        return proto;
    }

private:
    void take(const onnx::TensorProto& tensor, onnx::GraphProto& graph) {
        if (tensor.data_location() != onnx::TensorProto::EXTERNAL) {
            if (tensor.ByteSizeLong() > k_small_bytes)
                add_input(tensor.name(), tensor, graph);
            else
                *graph.add_initializer() = tensor;
            return;
        }
        const Tensor weight = m_model.weight(tensor.name());
        if (weight.bytes.size() > k_small_bytes)
            return add_input(tensor.name(), tensor, graph);
        onnx::TensorProto& kept = *graph.add_initializer();
        kept.set_name(tensor.name());
        kept.set_data_type(tensor.data_type());
        *kept.mutable_dims() = tensor.dims();
        kept.set_raw_data(weight.bytes.data(), weight.bytes.size());
    }

    void take(const onnx::NodeProto& node, onnx::GraphProto& graph) {
        if (node.op_type() == "Constant" && node.output_size() == 1)
            for (const onnx::AttributeProto& attribute : node.attribute())
                if (attribute.name() == "value" && attribute.t().ByteSizeLong() > k_small_bytes)
                    return add_input(node.output(0), attribute.t(), graph);
        onnx::NodeProto& kept = *graph.add_node();
        kept = node;
        kept.clear_doc_string();
    }

    /// Files of old carry their initializers among the inputs already.
    void add_input(const std::string& name, const onnx::TensorProto& tensor, onnx::GraphProto& graph) {
        if (!m_inputs.insert(name).second)
            return;
        onnx::ValueInfoProto& input = *graph.add_input();
        input.set_name(name);
        onnx::TypeProto::Tensor& type = *input.mutable_type()->mutable_tensor_type();
        type.set_elem_type(tensor.data_type());
        type.mutable_shape();
        for (const std::int64_t size : tensor.dims())
            type.mutable_shape()->add_dim()->set_dim_value(size);
    }

    const Model& m_model;
    std::unordered_set<std::string> m_inputs;
};

std::string between(std::string_view text, std::string_view before, std::string_view after) {
    const std::size_t start = text.find(before);
    const std::size_t from = start == std::string_view::npos ? start : start + before.size();
    const std::size_t end = from == std::string_view::npos ? from : text.find(after, from);
    return end == std::string_view::npos ? std::string() : std::string(text.substr(from, end - from));
}

const onnx::NodeProto* find_operator(const onnx::GraphProto& graph, const std::string& name) {
    for (const onnx::NodeProto& node : graph.node()) {
        if (node.op_type() == name)
            return &node;
        for (const onnx::AttributeProto& attribute : node.attribute())
            if (attribute.has_g())
                if (const auto* inner = find_operator(attribute.g(), name))
                    return inner;
    }
    return nullptr;
}

/// "domain.Operator" as users know it.
std::string full_name(const std::string& name, const onnx::ModelProto& model) {
    const onnx::NodeProto* node = find_operator(model.graph(), name);
    const bool standard = node == nullptr || node->domain().empty() || node->domain() == "ai.onnx";
    return (standard ? "ai.onnx" : node->domain()) + "." + name;
}

/// The operator that ONNX Runtime's words (of 1.14 to 1.22; onnx's checker for the first) call unknown.
std::string unknown_by_name(std::string_view words, const onnx::ModelProto& model) {
    // "com.example:Unheard(-1) is not a registered function/op"
    if (words.find(" is not a registered function/op") != std::string_view::npos) {
        const std::string name = between(words, "Fatal error: ", "(");
        const std::size_t colon = name.rfind(':');
        if (colon != std::string::npos)
            return (colon == 0 ? "ai.onnx" : name.substr(0, colon)) + "." + name.substr(colon + 1);
        return full_name(name, model);
    }
    // "No Op registered for Unheard with domain_version of 17"
    if (const std::string name = between(words, "No Op registered for ", " with domain_version");
        !name.empty())
        return full_name(name, model);
    return {};
}

/// The operator that has no kernel, or none for its types.
std::string without_kernel(std::string_view words, const onnx::ModelProto& model) {
    // "Could not find an implementation for Col2Im(18) node with name 'n'"
    if (const std::string name = between(words, "Could not find an implementation for ", "("); !name.empty())
        return full_name(name, model);
    // "Type Error: Type 'tensor(float8e4m3fn)' of input parameter (x) of operator (Relu) in node (n) is
    // invalid."
    if (words.find("Type Error: Type '") != std::string_view::npos &&
        words.find(") is invalid") != std::string_view::npos)
        if (const std::string name = between(words, " of operator (", ")"); !name.empty())
            return full_name(name, model);
    return {};
}

/// Skeletons that a runtime took, by hash.
class Taken {
public:
    [[nodiscard]] bool contains(const std::string& what) {
        const std::lock_guard lock(m_mutex);
        return m_known.contains(what);
    }
    void add(const std::string& what) {
        const std::lock_guard lock(m_mutex);
        m_known.insert(what);
    }

private:
    std::mutex m_mutex;
    std::set<std::string> m_known;
};

Taken& taken() {
    static Taken known;
    return known;
}

std::string key_of(const BoardFacts& board, const std::string& skeleton, bool optimizations, bool provider) {
    Sha256 hash;
    for (const std::string& text :
         {board.arch, board.runtime_path, board.runtime, board.provider_path,
          std::string(optimizations ? "1" : "0") + (provider ? "1" : "0"), skeleton}) {
        hash.update(std::as_bytes(std::span(text)));
        hash.update(std::as_bytes(std::span("\0", 1)));
    }
    return hash.hex_digest();
}

}  // namespace

onnx::ModelProto skeleton_of(const Model& model) {
    return Skeleton(model).make();
}

std::optional<Error> missing_in_runtime(std::string_view words, const onnx::ModelProto& model,
                                        const std::string& file, bool by_name) {
    const auto error = [&](ErrorCode code, std::string subject) {
        return Error{code, std::move(subject), std::string(words)};
    };
    if (words.find("Unsupported model IR version") != std::string_view::npos)
        return error(ErrorCode::board_model_refused, file);
    if (words.find(" is under development and support for this is limited") != std::string_view::npos)
        return error(ErrorCode::board_opset, file);
    std::string name = unknown_by_name(words, model);
    if (name.empty() && !by_name)
        name = without_kernel(words, model);
    if (name.empty())
        return {};
    return error(ErrorCode::board_operator, std::move(name));
}

Status probe_operators(Agent& agent, const Model& model, const std::filesystem::path& file,
                       bool optimizations, bool provider) {
    const onnx::ModelProto proto = skeleton_of(model);
    const std::string skeleton = proto.SerializeAsString();
    const BoardFacts& board = agent.facts();
    provider = provider && !board.provider_path.empty();
    const std::string key = key_of(board, skeleton, optimizations, provider);
    if (taken().contains(key))
        return {};
    // Without the provider first: what it does with weights that are no constants is its own affair, and it
    // may end the program. It is only asked where its word could save the model.
    for (const bool with_provider : {false, true}) {
        const auto words = agent.probe(skeleton, optimizations, with_provider);
        if (!words) {
            if (words.error().code == ErrorCode::board_model_refused ||
                words.error().code == ErrorCode::board_provider ||
                words.error().code == ErrorCode::board_out_of_memory)
                return {};
            return fail(words);
        }
        auto missing = missing_in_runtime(*words, proto, file.string(), provider);
        if (!missing)
            break;
        if (!provider || with_provider)
            return tl::unexpected<Error>(std::move(*missing));
    }
    taken().add(key);
    return {};
}

}  // namespace quantwright
