#include "core/model/proto_helpers.h"

#include <algorithm>
#include <cstring>

#include "core/model/tensor_size.h"

namespace quantwright {

const onnx::AttributeProto* find_attribute(const onnx::NodeProto& node, std::string_view name) {
    for (const auto& attribute : node.attribute())
        if (attribute.name() == name)
            return &attribute;
    return nullptr;
}

std::int64_t int_attribute(const onnx::NodeProto& node, std::string_view name, std::int64_t fallback) {
    const auto* attribute = find_attribute(node, name);
    return attribute ? attribute->i() : fallback;
}

float float_attribute(const onnx::NodeProto& node, std::string_view name, float fallback) {
    const auto* attribute = find_attribute(node, name);
    return attribute ? attribute->f() : fallback;
}

std::string string_attribute(const onnx::NodeProto& node, std::string_view name,
                             const std::string& fallback) {
    const auto* attribute = find_attribute(node, name);
    return attribute ? attribute->s() : fallback;
}

std::vector<std::int64_t> ints_attribute(const onnx::NodeProto& node, std::string_view name) {
    const auto* attribute = find_attribute(node, name);
    return attribute ? std::vector<std::int64_t>(attribute->ints().begin(), attribute->ints().end())
                     : std::vector<std::int64_t>{};
}

namespace {
onnx::AttributeProto& fresh_attribute(onnx::NodeProto& node, std::string_view name,
                                      onnx::AttributeProto::AttributeType type) {
    for (auto& attribute : *node.mutable_attribute())
        if (attribute.name() == name) {
            attribute.Clear();
            attribute.set_name(std::string(name));
            attribute.set_type(type);
            return attribute;
        }
    auto& attribute = *node.add_attribute();
    attribute.set_name(std::string(name));
    attribute.set_type(type);
    return attribute;
}
}  // namespace

void set_attribute(onnx::NodeProto& node, std::string_view name, std::int64_t value) {
    fresh_attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void set_attribute(onnx::NodeProto& node, std::string_view name, float value) {
    fresh_attribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void set_attribute(onnx::NodeProto& node, std::string_view name, std::span<const std::int64_t> values) {
    auto& attribute = fresh_attribute(node, name, onnx::AttributeProto::INTS);
    attribute.mutable_ints()->Add(values.begin(), values.end());
}

void set_attribute(onnx::NodeProto& node, std::string_view name, const std::string& value) {
    fresh_attribute(node, name, onnx::AttributeProto::STRING).set_s(value);
}

void remove_attribute(onnx::NodeProto& node, std::string_view name) {
    auto& attributes = *node.mutable_attribute();
    attributes.erase(
        std::remove_if(attributes.begin(), attributes.end(), [&](const auto& a) { return a.name() == name; }),
        attributes.end());
}

namespace {

template <class Stored, class Field>
std::vector<std::byte> narrowed(const Field& field) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(field.size()) * sizeof(Stored));
    std::byte* next = bytes.data();
    for (const auto value : field) {
        const auto stored = static_cast<Stored>(value);
        std::memcpy(next, &stored, sizeof stored);
        next += sizeof stored;
    }
    return bytes;
}

/// The typed field of TensorProto that holds `type` (its comments in onnx.proto say which).
std::vector<std::byte> typed_field(const onnx::TensorProto& proto) {
    switch (proto.data_type()) {
        case 1:
        case 14:
            return narrowed<float>(proto.float_data());
        case 6:
            return narrowed<std::int32_t>(proto.int32_data());
        case 4:
        case 5:
        case 10:
        case 16:
            return narrowed<std::uint16_t>(proto.int32_data());
        case 7:
            return narrowed<std::int64_t>(proto.int64_data());
        case 11:
        case 15:
            return narrowed<double>(proto.double_data());
        case 12:
            return narrowed<std::uint32_t>(proto.uint64_data());
        case 13:
            return narrowed<std::uint64_t>(proto.uint64_data());
        default:
            return narrowed<std::uint8_t>(proto.int32_data());  // bytes, packed nibbles included
    }
}

bool is_aligned(const void* data, std::size_t size) {
    return reinterpret_cast<std::uintptr_t>(data) % size == 0;
}

}  // namespace

Tensor tensor_from(const onnx::TensorProto& proto) {
    const auto type = static_cast<ElementType>(proto.data_type());
    Shape shape(proto.dims().begin(), proto.dims().end());
    const auto count = checked_element_count(shape);
    if (!count)
        return {};
    if (type == ElementType::string)
        return proto.string_data_size() == *count ? Tensor{type, std::move(shape), {}, nullptr} : Tensor{};
    if (type == ElementType::undefined ||
        (proto.has_data_location() && proto.data_location() == onnx::TensorProto::EXTERNAL))
        return {};

    const auto wanted = checked_byte_count(type, shape);
    if (proto.has_raw_data()) {
        const std::string& raw = proto.raw_data();
        const auto bytes = std::as_bytes(std::span(raw));
        // A type this version has no size for passes unchecked: the runtime may know it.
        if (bits_of(type) > 0 && (!wanted || static_cast<std::int64_t>(bytes.size()) != *wanted))
            return {};
        if (is_aligned(raw.data(), std::clamp<std::size_t>(size_of(type), 1, 8)))
            return {type, std::move(shape), bytes, nullptr};
        return make_tensor(type, std::move(shape), {bytes.begin(), bytes.end()});
    }
    std::vector<std::byte> bytes = typed_field(proto);
    if (!wanted || static_cast<std::int64_t>(bytes.size()) != *wanted)
        return {};
    return make_tensor(type, std::move(shape), std::move(bytes));
}

onnx::TensorProto proto_from(const std::string& name, const Tensor& tensor) {
    onnx::TensorProto proto;
    proto.set_name(name);
    proto.set_data_type(static_cast<int>(tensor.type));
    proto.mutable_dims()->Add(tensor.shape.begin(), tensor.shape.end());
    proto.set_raw_data(tensor.bytes.data(), tensor.bytes.size());
    return proto;
}

onnx::NodeProto make_node(std::string_view op, std::string name, std::vector<std::string> inputs,
                          std::vector<std::string> outputs) {
    onnx::NodeProto node;
    node.set_op_type(std::string(op));
    node.set_name(std::move(name));
    for (std::string& input : inputs)
        node.add_input(std::move(input));
    for (std::string& output : outputs)
        node.add_output(std::move(output));
    return node;
}

void collect_names(const onnx::GraphProto& graph, std::set<std::string>& names) {
    for (const auto& value : graph.input())
        names.insert(value.name());
    for (const auto& tensor : graph.initializer())
        names.insert(tensor.name());
    for (const auto& node : graph.node()) {
        names.insert(node.output().begin(), node.output().end());
        names.insert(node.input().begin(), node.input().end());
        for (const auto& attribute : node.attribute()) {
            if (attribute.has_g())
                collect_names(attribute.g(), names);
            for (const auto& inner : attribute.graphs())
                collect_names(inner, names);
        }
    }
}

void set_opset(onnx::ModelProto& model, const std::string& domain, std::int64_t version) {
    for (auto& opset : *model.mutable_opset_import())
        if (opset.domain() == domain || (domain.empty() && opset.domain() == "ai.onnx")) {
            opset.set_version(version);
            return;
        }
    auto& opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
}

}  // namespace quantwright
