#include "core/plan/target_rules.h"

namespace quantwright {

namespace {

const TargetOperator* operator_of(const Target& target, const Layer& layer) {
    const auto found = target.operators.find(layer.op);
    return found == target.operators.end() ? nullptr : &found->second;
}

Refusal unless(bool runs) {
    return runs ? Refusal::no : Refusal::target;
}

}  // namespace

bool allows(const Target& target, Field field, std::string_view value) {
    const auto found = target.allowed.find(field);
    return found == target.allowed.end() || found->second.contains(std::string(value));
}

Refusal refused(const Target& target, const Layer& layer, const ResolvedLayer& choices, Field field,
                std::string_view value) {
    if (!allows(target, field, value))
        return Refusal::target;
    const std::string& mode = choices[Field::mode].value;
    const std::string text(value);
    switch (field) {
        case Field::mode:
            return unless(target.modes.contains(text));
        case Field::activation_format:
            return unless(target.formats.contains(text));
        case Field::weight_format:
            return unless(target.weight_formats.contains(text));
        case Field::weight_granularity: {
            const TargetOperator* op = operator_of(target, layer);
            if (value == "channel" && op && !op->per_channel)
                return Refusal::op;
            // No kernel adds up integers of blocks; groups of a convolution are channels.
            if (value == "group" && !layer.op.starts_with("Conv") && mode != "weight-only")
                return Refusal::blocks;
            return Refusal::no;
        }
        case Field::weight_symmetric:
            // Kernels that add up integers; DequantizeLinear alone takes any zero point.
            return value == "false" && target.one_weight_zero_point && mode != "weight-only" &&
                           choices[Field::weight_granularity].value != "tensor"
                       ? Refusal::zero_points
                       : Refusal::no;
        case Field::weight_storage:
            if (value != "uint8")
                return Refusal::no;
            if (!target.emits_unsigned)
                return Refusal::target;
            // ONNX Runtime has integer kernels for int8 activations with int8 weights only.
            return mode == "static" && choices[Field::activation_format].value == "int8"
                       ? Refusal::int8_activations
                       : Refusal::no;
        default:
            return Refusal::no;
    }
}

}  // namespace quantwright
