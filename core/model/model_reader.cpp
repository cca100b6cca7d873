#include "core/model/model_reader.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <new>

#include "core/model/proto_helpers.h"
#include "core/model/tensor_check.h"
#include "core/model/wire_check.h"

namespace quantwright {

namespace fs = std::filesystem;

namespace {

// Weights this small that lie outside are shapes, axes and the like: they join the proto, where the runtime's
// shape inference finds them.
constexpr std::size_t k_small_weight = 4096;
constexpr std::size_t k_hash_step = std::size_t{4} << 20;

bool is_quantized_op(const std::string& op) {
    return op == "QuantizeLinear" || op == "DequantizeLinear" || op.starts_with("QLinear") ||
           op.find("Integer") != std::string::npos || op.starts_with("DynamicQuantize") || op == "QGemm" ||
           op == "QAttention" || op == "MatMulNBits";
}

bool has_quantized_node(const onnx::GraphProto& graph) {
    for (const auto& node : graph.node()) {
        if (is_quantized_op(node.op_type()))
            return true;
        for (const auto& attribute : node.attribute()) {
            if (attribute.has_g() && has_quantized_node(attribute.g()))
                return true;
            for (const auto& inner : attribute.graphs())
                if (has_quantized_node(inner))
                    return true;
        }
    }
    return false;
}

/// A text a person or a tool wrote, as far as bytes can tell: other protobuf files hold messages there.
bool is_plain_text(const std::string& text) {
    return text.size() <= 65536 && std::none_of(text.begin(), text.end(), [](char c) {
               return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') ||
                      c == 0x7f;
           });
}

/// True for a model whose first fields are sound and whose graph is not there: cut between two fields.
bool ends_before_graph(const onnx::ModelProto& proto) {
    return proto.ir_version() > 0 && proto.ir_version() < 1000 && !proto.has_graph() &&
           is_plain_text(proto.producer_name()) && is_plain_text(proto.producer_version()) &&
           is_plain_text(proto.domain()) && is_plain_text(proto.doc_string());
}

ValueInfo value_info(const onnx::ValueInfoProto& proto) {
    ValueInfo value;
    value.name = proto.name();
    if (!proto.type().has_tensor_type())
        return value;
    const auto& tensor = proto.type().tensor_type();
    value.type = static_cast<ElementType>(tensor.elem_type());
    value.has_shape = tensor.has_shape();
    for (const auto& dimension : tensor.shape().dim()) {
        // Some exporters write 0 or -1 where they mean "open".
        const bool fixed = dimension.has_dim_value() && dimension.dim_value() > 0;
        value.shape.push_back(
            {fixed ? dimension.dim_value() : -1, fixed ? std::string() : dimension.dim_param()});
    }
    return value;
}

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

Status ModelReader::parse(std::span<const std::byte> bytes) {
    using google::protobuf::io::CodedInputStream;
    CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                            static_cast<int>(bytes.size()));
    stream.SetTotalBytesLimit(INT_MAX);
    onnx::ModelProto& proto = *m_model->m_proto;
    if (!proto.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
        if (looks_truncated(bytes))
            return fail(ErrorCode::model_truncated, m_subject, "a field runs past the end");
        return fail(ErrorCode::model_not_onnx, m_subject, "it is not protobuf data of a model");
    }
    if (ends_before_graph(proto))
        return fail(ErrorCode::model_truncated, m_subject, "it ends before the graph");
    if (auto sound = check_header(); !sound)
        return sound;
    // The fields are written in order: opset_import comes after the graph and no exporter omits it since
    // IR 3.
    if (proto.ir_version() >= 3 && proto.opset_import_size() == 0)
        return fail(ErrorCode::model_truncated, m_subject, "it ends before the opset");
    return {};
}

Status ModelReader::check_header() const {
    const onnx::ModelProto& proto = *m_model->m_proto;
    if (proto.ir_version() <= 0)
        return fail(ErrorCode::model_not_onnx, m_subject, "it has no IR version");
    if (!proto.has_graph() || proto.graph().node_size() == 0)
        return fail(ErrorCode::model_not_onnx, m_subject, "it has no graph with nodes");
    return {};
}

Status ModelReader::check_hidden_tensors(ExternalData& files) {
    const auto check = [&](onnx::TensorProto& tensor) -> Status {
        if (is_external(tensor)) {
            const auto data = files.read(tensor);
            if (!data)
                return fail(data);
            absorb(tensor, *data);
        }
        return check_tensor(tensor, m_subject);
    };
    return for_each_hidden_tensor(*m_model->m_proto, check);
}

Status ModelReader::read_weights(ExternalData& files, const Model* origin,
                                 const std::map<std::string, Tensor>& outside) {
    auto& weights = m_model->m_weights;
    for (onnx::TensorProto& proto : *m_model->m_proto->mutable_graph()->mutable_initializer()) {
        if (m_job.cancelled())
            return JobContext::cancelled_error();
        if (is_external(proto)) {
            const auto own = outside.find(proto.name());
            const Tensor shared = own != outside.end() ? own->second
                                  : origin             ? origin->weight(proto.name())
                                                       : Tensor{};
            auto data = shared.type != ElementType::undefined ? Result<Tensor>(shared) : files.read(proto);
            if (!data)
                return fail(data);
            if (data->bytes.size() > k_small_weight) {
                m_model->m_external.push_back(proto.name());
                weights.insert_or_assign(proto.name(), std::move(*data));
                continue;
            }
            absorb(proto, *data);
        }
        if (auto sound = check_tensor(proto, m_subject); !sound)
            return sound;
        weights.insert_or_assign(proto.name(), tensor_from(proto));
    }
    return {};
}

Status ModelReader::index() {
    onnx::ModelProto& proto = *m_model->m_proto;
    auto graph = Graph::build(proto.graph());
    if (!graph)
        return fail(graph);
    m_model->m_graph = std::move(*graph);
    sort_nodes();

    for (const auto& input : proto.graph().input())
        if (const auto id = m_model->m_graph.find_tensor(input.name()); id && m_model->m_graph[*id].is_input)
            m_model->m_inputs.push_back(value_info(input));
    for (const auto& output : proto.graph().output())
        m_model->m_outputs.push_back(value_info(output));
    m_model->m_opset = proto.opset_import_size() == 0 ? 1 : 0;
    for (const auto& opset : proto.opset_import())
        if (opset.domain().empty() || opset.domain() == "ai.onnx")
            m_model->m_opset = opset.version();
    m_model->m_already_quantized = has_quantized_node(proto.graph());
    return {};
}

/// The nodes of the proto get the order of the graph's; the messages themselves stay where they are.
void ModelReader::sort_nodes() {
    auto& nodes = *m_model->m_proto->mutable_graph()->mutable_node();
    std::vector<onnx::NodeProto*> sorted;
    for (const GraphNode& node : m_model->m_graph.nodes())
        sorted.push_back(const_cast<onnx::NodeProto*>(node.proto));
    std::copy(sorted.begin(), sorted.end(), nodes.pointer_begin());
}

Status ModelReader::hash(Sha256& hash, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        if (m_job.cancelled())
            return JobContext::cancelled_error();
        const auto piece = bytes.first(std::min(bytes.size(), k_hash_step));
        hash.update(piece);
        bytes = bytes.subspan(piece.size());
        m_hashed += static_cast<std::int64_t>(piece.size());
        m_job.report(Stage::open, std::min(m_hashed, m_model->m_file_bytes), m_model->m_file_bytes);
    }
    return {};
}

Status ModelReader::hash_proto(Sha256& sha) {
    const std::size_t size = m_model->m_proto->ByteSizeLong();
    if (size > INT_MAX)
        return fail(ErrorCode::model_too_large, m_subject, std::to_string(size) + " bytes");
    m_model->m_file_bytes = static_cast<std::int64_t>(size);
    return hash(sha, bytes_of(m_model->m_proto->SerializeAsString()));
}

Status ModelReader::hash_files(Sha256& sha, const ExternalData& files) {
    for (const auto& [path, file] : files.files()) {
        m_model->m_files.push_back(path);
        m_model->m_file_bytes += static_cast<std::int64_t>(file->bytes().size());
    }
    for (const auto& [path, file] : files.files())
        if (auto done = hash(sha, file->bytes()); !done)
            return done;
    m_model->m_sha256 = sha.hex_digest();
    return {};
}

ModelReader::Made ModelReader::from_file(const fs::path& path) {
    m_subject = path.string();
    m_model->m_path = path;
    const auto file = MappedFile::open(path);
    if (!file)
        return fail(ErrorCode::model_not_found, m_subject,
                    errno != 0 ? std::strerror(errno) : "not a regular file");
    if (file->bytes().size() > INT_MAX)
        return fail(ErrorCode::model_too_large, m_subject, std::to_string(file->bytes().size()) + " bytes");
    if (auto parsed = parse(file->bytes()); !parsed)
        return fail(parsed);
    m_model->m_files.push_back(path);
    m_model->m_file_bytes = static_cast<std::int64_t>(file->bytes().size());

    ExternalData external(path.has_parent_path() ? path.parent_path() : fs::path("."));
    if (auto checked = check_hidden_tensors(external); !checked)
        return fail(checked);
    if (auto read = read_weights(external, nullptr); !read)
        return fail(read);
    if (auto indexed = index(); !indexed)
        return fail(indexed);
    Sha256 sha;
    if (auto hashed = hash(sha, file->bytes()); !hashed)
        return fail(hashed);
    if (auto hashed = hash_files(sha, external); !hashed)
        return fail(hashed);
    return m_model;
}

ModelReader::Made ModelReader::from_proto(onnx::ModelProto proto, const fs::path& folder) {
    m_model->m_proto->Swap(&proto);
    if (auto sound = check_header(); !sound)
        return fail(sound);
    Sha256 sha;  // of the proto as it was given: reading may take small weights into it
    if (auto hashed = hash_proto(sha); !hashed)
        return fail(hashed);
    ExternalData external(folder);
    if (auto checked = check_hidden_tensors(external); !checked)
        return fail(checked);
    if (auto read = read_weights(external, nullptr); !read)
        return fail(read);
    if (auto indexed = index(); !indexed)
        return fail(indexed);
    if (auto hashed = hash_files(sha, external); !hashed)
        return fail(hashed);
    return m_model;
}

ModelReader::Made ModelReader::derive(onnx::ModelProto proto, const Model& origin,
                                      std::map<std::string, Tensor> outside) {
    m_model->m_proto->Swap(&proto);
    if (auto sound = check_header(); !sound)
        return fail(sound);
    Sha256 sha;
    if (auto hashed = hash_proto(sha); !hashed)
        return fail(hashed);
    ExternalData none{fs::path()};
    if (auto checked = check_hidden_tensors(none); !checked)
        return fail(checked);
    if (auto read = read_weights(none, &origin, outside); !read)
        return fail(read);
    if (auto indexed = index(); !indexed)
        return fail(indexed);
    sha.update(bytes_of(origin.sha256()));
    m_model->m_sha256 = sha.hex_digest();
    for (const std::string& name : m_model->m_external)
        m_model->m_file_bytes += static_cast<std::int64_t>(m_model->m_weights.at(name).bytes.size());
    return m_model;
}

}  // namespace quantwright
