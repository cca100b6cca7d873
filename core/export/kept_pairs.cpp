#include "core/export/kept_pairs.h"

#include <algorithm>

namespace quantwright {

namespace {

constexpr std::size_t k_named = 5;

bool is_byte(ElementType type) {
    return type == ElementType::int8 || type == ElementType::uint8;
}

/// All codes that the layer reads, gives and holds have 8 bits.
bool has_byte_codes(const Resolved& resolved, std::size_t index) {
    const Layer& layer = resolved.prepared->layers[index];
    const auto is_wide = [&](TensorId tensor) {
        const auto& codes = resolved.tensors[static_cast<std::size_t>(tensor)];
        return codes && !is_byte(codes->parameters.format->storage);
    };
    const auto& weight = resolved.layers[index].weight;
    return std::none_of(layer.inputs.begin(), layer.inputs.end(), is_wide) &&
           std::none_of(layer.outputs.begin(), layer.outputs.end(), is_wide) &&
           !(weight && !is_byte(weight->parameters.format->storage));
}

std::optional<KeptPairs> reason_of(const Resolved& resolved, std::size_t index,
                                   const std::map<int, bool>& remaining) {
    switch (resolved.layers[index].mode) {
        case LayerMode::dynamic:
            return KeptPairs::dynamic;
        case LayerMode::weight_only:
            return KeptPairs::weight_only;
        case LayerMode::fp16:
            return KeptPairs::fp16;
        default:
            break;
    }
    const auto found = remaining.find(static_cast<int>(index));
    if (found == remaining.end())
        return std::nullopt;
    if (!found->second || resolved.prepared->layers[index].composite)
        return KeptPairs::no_operator;
    return has_byte_codes(resolved, index) ? KeptPairs::no_kernel : KeptPairs::codes;
}

}  // namespace

std::string_view name_of(KeptPairs reason) {
    constexpr std::string_view names[] = {"codes", "operator", "kernel", "dynamic", "weight-only", "fp16"};
    return names[static_cast<std::size_t>(reason)];
}

std::vector<Problem> kept_pairs(const Resolved& resolved, const std::map<int, bool>& remaining) {
    std::map<KeptPairs, std::vector<std::string>> names;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i)
        if (const auto reason = reason_of(resolved, i, remaining))
            names[*reason].push_back(resolved.prepared->layers[i].name);
    std::vector<Problem> problems;
    for (const auto& [reason, layers] : names) {
        std::string first;
        for (std::size_t i = 0; i < std::min(k_named, layers.size()); ++i)
            first.append(i > 0 ? ", " : "").append(layers[i]);
        if (layers.size() > k_named)
            first += ", …";
        // Another mode was chosen for the layer; a static one was to become integers.
        const Severity severity = reason < KeptPairs::dynamic ? Severity::warning : Severity::info;
        problems.push_back({"export.kept_qdq",
                            severity,
                            {},
                            {std::to_string(layers.size()), first, std::string(name_of(reason))}});
    }
    return problems;
}

}  // namespace quantwright
