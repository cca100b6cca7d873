#include "core/prepare/fold_pad.h"

#include <algorithm>
#include <optional>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

using Sizes = std::vector<std::int64_t>;

bool is_zero(const WorkingGraph& graph, const onnx::NodeProto& pad) {
    if (graph.opset() < 11)
        return float_attribute(pad, "value", 0) == 0;
    if (input_of(pad, 2).empty())
        return true;
    const Tensor value = graph.constant(input_of(pad, 2));
    return value.type != ElementType::undefined &&
           std::all_of(value.bytes.begin(), value.bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::optional<Sizes> constant_sizes(const WorkingGraph& graph, const std::string& name) {
    const Tensor tensor = graph.constant(name);
    if (tensor.type == ElementType::int64)
        return Sizes(tensor.as<std::int64_t>().begin(), tensor.as<std::int64_t>().end());
    if (tensor.type == ElementType::int32)
        return Sizes(tensor.as<std::int32_t>().begin(), tensor.as<std::int32_t>().end());
    return std::nullopt;
}

/// Padding per axis, all begins then all ends, as Pad and Conv order them; empty if it isn't known.
std::optional<Sizes> pads_of_all_axes(const WorkingGraph& graph, const onnx::NodeProto& pad,
                                      std::size_t rank) {
    std::optional<Sizes> pads = graph.opset() < 11     ? ints_attribute(pad, "pads")
                                : pad.input_size() > 1 ? constant_sizes(graph, input_of(pad, 1))
                                                       : std::nullopt;
    if (!pads || input_of(pad, 3).empty())
        return pads && pads->size() == 2 * rank ? pads : std::nullopt;
    const auto axes = constant_sizes(graph, input_of(pad, 3));  // since opset 18
    if (!axes || pads->size() != 2 * axes->size())
        return std::nullopt;
    Sizes all(2 * rank, 0);
    for (std::size_t i = 0; i < axes->size(); ++i) {
        const std::int64_t axis = (*axes)[i] < 0 ? (*axes)[i] + static_cast<std::int64_t>(rank) : (*axes)[i];
        if (axis < 0 || axis >= static_cast<std::int64_t>(rank))
            return std::nullopt;
        all[static_cast<std::size_t>(axis)] = (*pads)[i];
        all[static_cast<std::size_t>(axis) + rank] = (*pads)[i + axes->size()];
    }
    return all;
}

/// Rank of the convolution's input, from its weight; 0 if it can't take the padding.
std::size_t rank_if_foldable(const WorkingGraph& graph, const WorkingNode& conv, const std::string& padded) {
    if (!is_op(conv.proto, "Conv") || input_of(conv.proto, 0) != padded)
        return 0;
    for (int i = 1; i < conv.proto.input_size(); ++i)
        if (input_of(conv.proto, i) == padded)
            return 0;
    const std::string mode = string_attribute(conv.proto, "auto_pad", "NOTSET");
    const auto* weight = graph.constant_proto(input_of(conv.proto, 1));
    const bool taken = mode == "NOTSET" || mode == "VALID" || mode.empty();
    return taken && weight && weight->dims_size() > 2 ? static_cast<std::size_t>(weight->dims_size()) : 0;
}

void widen(onnx::NodeProto& conv, const Sizes& pads, std::size_t rank) {
    const std::size_t spatial = rank - 2;
    Sizes sums = ints_attribute(conv, "pads");
    sums.resize(2 * spatial, 0);
    for (std::size_t axis = 0; axis < spatial; ++axis) {
        sums[axis] += pads[axis + 2];
        sums[axis + spatial] += pads[axis + 2 + rank];
    }
    if (find_attribute(conv, "auto_pad"))  // it may have been VALID, which means no padding
        for (auto& attribute : *conv.mutable_attribute())
            if (attribute.name() == "auto_pad")
                attribute.set_s("NOTSET");
    set_attribute(conv, "pads", sums);
}

/// A pair behind the padding may stand in front of it: zero has a code of its own. False if it can't move.
bool keeps_given(WorkingGraph& graph, int pad, const std::string& source, const std::string& result) {
    WorkingGiven& given = graph.given();
    if (given.reads_float(source, pad) || given.is_split(result))
        return false;
    if (!given.has_pair(result))
        return true;
    auto& pairs = given.by_name.activations;
    if (given.has_pair(source))
        return pairs.at(source) == pairs.at(result) && pairs.erase(result) > 0;
    if (graph.sole_reader(source) != pad)
        return false;
    auto entry = pairs.extract(result);
    entry.key() = source;
    pairs.insert(std::move(entry));
    return true;
}

void fold(WorkingGraph& graph, int index) {
    auto& nodes = graph.nodes();
    const onnx::NodeProto& pad = nodes[static_cast<std::size_t>(index)].proto;
    const std::string result = output_of(pad, 0);
    const std::vector<int> readers = graph.readers(result);
    if (readers.empty() || graph.is_output(result) || graph.read_by_subgraph(result) ||
        string_attribute(pad, "mode", "constant") != "constant" || !is_zero(graph, pad))
        return;
    const std::size_t rank =
        rank_if_foldable(graph, nodes[static_cast<std::size_t>(readers.front())], result);
    for (const int reader : readers)
        if (rank == 0 || rank_if_foldable(graph, nodes[static_cast<std::size_t>(reader)], result) != rank)
            return;
    const auto pads = pads_of_all_axes(graph, pad, rank);
    if (!pads || std::any_of(pads->begin(), pads->end(), [](auto size) { return size < 0; }) ||
        (*pads)[0] != 0 || (*pads)[1] != 0 || (*pads)[rank] != 0 || (*pads)[rank + 1] != 0)
        return;

    const std::string padded_from = input_of(pad, 0);
    if (!keeps_given(graph, index, padded_from, result))
        return;

    Origins origins = nodes[static_cast<std::size_t>(index)].origins;
    for (int i = 1; i < pad.input_size(); ++i)
        append(origins, graph.constant_origins(input_of(pad, i)));
    graph.remove(index);
    for (const int reader : readers)
        widen(nodes[static_cast<std::size_t>(reader)].proto, *pads, rank);
    graph.redirect_readers(result, padded_from);
    append(nodes[static_cast<std::size_t>(readers.front())].origins, origins);
}

}  // namespace

void fold_pads(WorkingGraph& graph) {
    for (std::size_t i = 0; i < graph.nodes().size(); ++i)
        if (!graph.nodes()[i].removed && is_op(graph.nodes()[i].proto, "Pad"))
            fold(graph, static_cast<int>(i));
}

}  // namespace quantwright
