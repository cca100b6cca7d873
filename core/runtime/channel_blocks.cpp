#include "core/runtime/channel_blocks.h"

#include <onnx/onnx_pb.h>

#include "core/model/proto_helpers.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

/// An image of 32 channels and two pixels whose elements are their row-major places.
constexpr std::int64_t k_channels = 32, k_pixels = 2;

Result<std::vector<Tensor>> reordered() {
    onnx::ModelProto model;
    model.set_ir_version(8);
    set_opset(model, "", 13);
    set_opset(model, k_blocks_domain, 1);
    auto& graph = *model.mutable_graph();
    graph.set_name("reorder");
    auto& input = *graph.add_input();
    input.set_name("x");
    auto& type = *input.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    std::vector<float> places;
    for (const std::int64_t size : {std::int64_t(1), k_channels, std::int64_t(1), k_pixels})
        type.mutable_shape()->add_dim()->set_dim_value(size);
    for (std::int64_t i = 0; i < k_channels * k_pixels; ++i)
        places.push_back(static_cast<float>(i));
    *graph.add_node() = make_node("ReorderInput", "reorder", {"x"}, {"y"});
    graph.mutable_node(0)->set_domain(k_blocks_domain);
    graph.add_output()->set_name("y");
    const auto session = Session::create(model, nullptr, {1, Optimizations::off, {}});
    if (!session)
        return fail(session);
    return (*session)->run({make_tensor({1, k_channels, 1, k_pixels}, places)});
}

std::size_t ask() {
    const auto outputs = reordered();
    if (!outputs || outputs->front().bytes.size() != k_channels * k_pixels * sizeof(float))
        return 0;
    const auto places = outputs->front().floats();
    for (const std::size_t block : {std::size_t(8), std::size_t(16)}) {
        bool as_described = true;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const std::size_t channel = i / (block * k_pixels) * block + i % block;
            const std::size_t pixel = i / block % k_pixels;
            as_described = as_described && places[i] == static_cast<float>(channel * k_pixels + pixel);
        }
        if (as_described)
            return block;
    }
    return 0;
}

}  // namespace

std::size_t channels_in_block() {
    static const std::size_t block = ask();
    return block;
}

}  // namespace quantwright
