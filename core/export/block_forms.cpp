#include "core/export/block_forms.h"

#include <algorithm>
#include <bit>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

/// A weight of two dimensions as rows that are summed over: [columns, depth].
struct Blocks {
    std::vector<std::int32_t> codes, zero_points;  ///< [columns, depth], [columns, blocks]
    std::vector<float> scales;                     ///< [columns, blocks]
    std::int64_t columns = 0, depth = 0, block = 0, blocks = 0;
    bool turned = false;  ///< the weight itself is [depth, columns]
};

Blocks blocks_of(const Resolved& resolved, int layer) {
    const ResolvedWeight& weight = *resolved.layers[static_cast<std::size_t>(layer)].weight;
    const Shape shape = resolved.prepared->model->weight(weight.initializer).shape;
    const Parameters& parameters = weight.parameters;
    Blocks result;
    result.codes = weight_codes(resolved, layer);
    result.scales = parameters.scale;
    result.zero_points = parameters.zero_point;
    result.block = parameters.block_size;
    result.turned = parameters.axis == 0;
    result.depth = shape[static_cast<std::size_t>(parameters.axis)];
    result.columns = shape[static_cast<std::size_t>(1 - parameters.axis)];
    result.blocks = (result.depth + result.block - 1) / result.block;
    if (result.turned) {
        result.codes = transposed(result.codes, result.depth, result.columns);
        result.scales = transposed(result.scales, result.blocks, result.columns);
        result.zero_points = transposed(result.zero_points, result.blocks, result.columns);
    }
    return result;
}

std::vector<std::byte> nibbles(const std::vector<std::int32_t>& values) {
    return pack(values, ElementType::uint4);
}

/// `from` with each row of `length` filled up to `padded`.
std::vector<std::int32_t> padded_rows(std::span<const std::int32_t> from, std::int64_t length,
                                      std::int64_t padded, std::int32_t fill) {
    std::vector<std::int32_t> result;
    result.reserve(from.size() / static_cast<std::size_t>(length) * static_cast<std::size_t>(padded));
    for (std::size_t first = 0; first < from.size(); first += static_cast<std::size_t>(length)) {
        const auto row = from.subspan(first, static_cast<std::size_t>(length));
        result.insert(result.end(), row.begin(), row.end());
        result.insert(result.end(), static_cast<std::size_t>(padded - length), fill);
    }
    return result;
}

std::string int64_constant(onnx::GraphProto& graph, const std::string& name,
                           std::vector<std::int64_t> values) {
    const auto count = static_cast<std::int64_t>(values.size());
    add_constant(graph, name, make_tensor({count}, std::move(values)));
    return name;
}

}  // namespace

std::vector<std::byte> pack_nbits(std::span<const std::int32_t> codes, std::int64_t depth,
                                  std::int64_t block) {
    return nibbles(padded_rows(codes, depth, (depth + block - 1) / block * block, 0));
}

std::vector<std::byte> pack_nbits_zero_points(std::span<const std::int32_t> zero_points,
                                              std::int64_t blocks) {
    return nibbles(padded_rows(zero_points, blocks, blocks + blocks % 2, 8));
}

bool fits_matmul_nbits(const Resolved& resolved, int layer) {
    const auto index = static_cast<std::size_t>(layer);
    const auto& weight = resolved.layers[index].weight;
    const Layer& one = resolved.prepared->layers[index];
    if (!weight || !weight->parameters.blocked() || weight->parameters.format->bits != 4)
        return false;
    const auto& data = resolved.prepared->tensor_types[static_cast<std::size_t>(one.inputs.front())];
    const auto block = static_cast<unsigned>(weight->parameters.block_size);
    return (one.op == "MatMul" || one.op == "Gemm") && data.shape.size() >= 2 && block >= 16 &&
           std::has_single_bit(block) && weight->parameters.axis == 1 - one.weight_channel_axis;
}

void write_matmul_nbits(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                        const onnx::NodeProto& node, Names& names) {
    const ResolvedWeight& weight = *resolved.layers[static_cast<std::size_t>(layer)].weight;
    Blocks blocks = blocks_of(resolved, layer);
    const std::int32_t offset = weight.parameters.format->qmin < 0 ? 8 : 0;
    for (auto* values : {&blocks.codes, &blocks.zero_points})
        for (std::int32_t& value : *values)
            value += offset;

    const std::string& name = weight.initializer;
    std::vector<std::string> inputs{node.input(0), names.fresh(name + "_packed"),
                                    names.fresh(name + "_scale")};
    add_constant(graph, inputs[1],
                 make_tensor(ElementType::uint8, {blocks.columns, blocks.blocks, blocks.block / 2},
                             pack_nbits(blocks.codes, blocks.depth, blocks.block)));
    add_constant(graph, inputs[2], make_tensor({blocks.columns, blocks.blocks}, blocks.scales));
    // Without zero points the kernel takes 8 for all.
    if (std::any_of(blocks.zero_points.begin(), blocks.zero_points.end(),
                    [](std::int32_t zero_point) { return zero_point != 8; })) {
        inputs.push_back(names.fresh(name + "_zero_point"));
        add_constant(graph, inputs[3],
                     make_tensor(ElementType::uint8, {blocks.columns, (blocks.blocks + 1) / 2},
                                 pack_nbits_zero_points(blocks.zero_points, blocks.blocks)));
    }
    const std::string bias = node.input_size() > 2 ? node.input(2) : std::string();
    const std::string& to = node.output(0);
    const std::string product = bias.empty() ? to : names.fresh(to + "_unbiased");
    auto& written = add_node(graph, "MatMulNBits", std::move(inputs), product);
    written.set_domain(k_microsoft_domain);
    set_attribute(written, "K", blocks.depth);
    set_attribute(written, "N", blocks.columns);
    set_attribute(written, "bits", std::int64_t{4});
    set_attribute(written, "block_size", blocks.block);
    if (!bias.empty())
        add_node(graph, "Add", {product, bias}, to);
}

void write_blocks_as_rows(onnx::GraphProto& graph, const Resolved& resolved, int layer, const std::string& to,
                          Names& names) {
    const ResolvedWeight& weight = *resolved.layers[static_cast<std::size_t>(layer)].weight;
    const Blocks blocks = blocks_of(resolved, layer);
    const std::int64_t padded = blocks.blocks * blocks.block, rows = blocks.columns * blocks.blocks;
    const std::int32_t offset = storage_offset(weight);
    const std::string codes = names.fresh(to + "_quantized"), scale = names.fresh(to + "_scale"),
                      zero_point = names.fresh(to + "_zero_point"), values = names.fresh(to + "_blocks");
    add_codes(graph, codes, {rows, blocks.block}, padded_rows(blocks.codes, blocks.depth, padded, 0),
              weight.storage, offset);
    add_constant(graph, scale, make_tensor({rows}, blocks.scales));
    add_codes(graph, zero_point, {rows}, blocks.zero_points, weight.storage, offset);
    auto& dequantize = add_node(graph, "DequantizeLinear", {codes, scale, zero_point}, values);
    set_attribute(dequantize, "axis", std::int64_t{0});
    if (weight.parameters.format->bits != 8)
        dequantize.set_domain(k_microsoft_domain);

    const bool slices = padded != blocks.depth;
    const std::string joined = slices || blocks.turned ? names.fresh(to + "_joined") : to;
    add_node(graph, "Reshape",
             {values, int64_constant(graph, names.fresh(to + "_joined_shape"), {blocks.columns, padded})},
             joined);
    const std::string sliced = !slices ? joined : blocks.turned ? names.fresh(to + "_sliced") : to;
    if (slices)
        add_node(graph, "Slice",
                 {joined, int64_constant(graph, names.fresh(to + "_starts"), {0}),
                  int64_constant(graph, names.fresh(to + "_ends"), {blocks.depth}),
                  int64_constant(graph, names.fresh(to + "_axes"), {1})},
                 sliced);
    if (blocks.turned)
        set_attribute(add_node(graph, "Transpose", {sliced}, to), "perm", std::vector<std::int64_t>{1, 0});
}

}  // namespace quantwright
