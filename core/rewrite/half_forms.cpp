#include "core/rewrite/half_forms.h"

#include <cstring>

#include "core/model/proto_helpers.h"
#include "core/number/half.h"

namespace quantwright {

namespace {

void write_cast(onnx::GraphProto& graph, const std::string& from, const std::string& to, ElementType type) {
    onnx::NodeProto& node = *graph.add_node();
    node = make_node("Cast", to + "_Cast", {from}, {to});
    set_attribute(node, "to", static_cast<std::int64_t>(type));
}

}  // namespace

void write_to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    write_cast(graph, from, to, ElementType::float16);
}

void write_from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    write_cast(graph, from, to, ElementType::float32);
}

void write_half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to) {
    const auto floats = values.floats();
    std::vector<std::byte> halves(floats.size() * sizeof(std::uint16_t));
    for (std::size_t i = 0; i < floats.size(); ++i) {
        const std::uint16_t half = half_from_float(floats[i]);
        std::memcpy(halves.data() + i * sizeof half, &half, sizeof half);
    }
    *graph.add_initializer() =
        proto_from(to, make_tensor(ElementType::float16, values.shape, std::move(halves)));
}

}  // namespace quantwright
