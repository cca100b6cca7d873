#include <algorithm>

#include "core/model/tensor_size.h"
#include "core/search/search.h"

namespace quantwright {

namespace {

int bits_of(const Format& format) {
    return format.bits;
}

double elements(const Resolved& resolved, TensorId tensor) {
    double count = 1;
    for (const auto size : resolved.prepared->tensor_types[static_cast<std::size_t>(tensor)].shape)
        count *= static_cast<double>(size);
    return count;
}

}  // namespace

double parameter_bytes(const Resolved& resolved) {
    const Prepared& prepared = *resolved.prepared;
    double bytes = 0;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const ResolvedLayer& layer = resolved.layers[i];
        const int bits = layer.weight                    ? bits_of(*layer.weight->scheme.format)
                         : layer.mode == LayerMode::fp16 ? 16
                                                         : 32;
        bytes += static_cast<double>(prepared.layers[i].parameters) * bits / 8;
    }
    return bytes;
}

double converted_elements(const Resolved& resolved) {
    const Prepared& prepared = *resolved.prepared;
    const Graph& graph = prepared.model->graph();
    double count = 0;
    const auto is_integer = [&](int layer) {
        return layer >= 0 && resolved.layers[static_cast<std::size_t>(layer)].integers();
    };
    for (const auto& pair : resolved.tensors) {
        if (!pair)
            continue;
        // Made as floats: quantized once. Read as floats: dequantized for each.
        int conversions = is_integer(prepared.producing_layer(pair->tensor)) ? 0 : 1;
        const auto& before = pair->float_consumers;
        for (const NodeId reader : graph[pair->tensor].consumers)
            conversions += is_integer(prepared.layer_of_node[static_cast<std::size_t>(reader)]) ||
                                   std::find(before.begin(), before.end(), reader) != before.end()
                               ? 0
                               : 1;
        count += conversions * elements(resolved, pair->tensor);
    }
    return count;
}

double weighted_macs(const Resolved& resolved) {
    const Prepared& prepared = *resolved.prepared;
    double cost = 0;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const ResolvedLayer& layer = resolved.layers[i];
        int bits = layer.mode == LayerMode::fp16 ? 16 : layer.mode == LayerMode::dynamic ? 8 : 32;
        if (layer.integers()) {
            bits = layer.weight ? bits_of(*layer.weight->scheme.format) : 0;
            for (const auto* tensors : {&prepared.layers[i].inputs, &prepared.layers[i].outputs})
                for (const TensorId tensor : *tensors)
                    if (const auto& pair = resolved.tensors[static_cast<std::size_t>(tensor)])
                        bits = std::max(bits, bits_of(*pair->scheme.format));
            bits = std::max(bits, 8);
        }
        cost += static_cast<double>(prepared.layers[i].macs) * bits / 8;
    }
    cost += converted_elements(resolved) * 32 / 8;
    return cost;
}

}  // namespace quantwright
