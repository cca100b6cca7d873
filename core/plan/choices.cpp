#include "core/plan/choices.h"

#include <algorithm>

namespace quantwright {
namespace {

const Layer& facts_of(const Resolved& resolved, int layer) {
    return resolved.prepared->layers[static_cast<std::size_t>(layer)];
}

const ResolvedLayer& choices_of(const Resolved& resolved, int layer) {
    return resolved.layers[static_cast<std::size_t>(layer)];
}

const TargetOperator* operator_of(const Resolved& resolved, int layer) {
    const auto& operators = resolved.target->operators;
    const auto found = operators.find(facts_of(resolved, layer).op);
    return found == operators.end() ? nullptr : &found->second;
}

bool between(Field field, Field first, Field last) {
    return field >= first && field <= last;
}

bool is_convolution(const Resolved& resolved, int layer) {
    return facts_of(resolved, layer).op.starts_with("Conv");
}

/// Layers that are no computation on floats have no other form, whatever is chosen.
bool has_forms(KeptFloat reason) {
    return reason != KeptFloat::unknown_operator && reason != KeptFloat::subgraph &&
           reason != KeptFloat::not_float_data && reason != KeptFloat::already_quantized;
}

/// The parameters a model brought for the layer's output or weight, where they are in use.
const Parameters* given_for(const Resolved& resolved, int layer, Field field) {
    if (between(field, Field::activation_format, Field::threshold_percentile)) {
        const ResolvedTensor* output = output_tensor(resolved, layer);
        return output && output->origin == Origin::given ? &output->parameters : nullptr;
    }
    if (!between(field, Field::weight_format, Field::weight_divisor))
        return nullptr;
    const ResolvedLayer& choices = choices_of(resolved, layer);
    for (auto i = static_cast<std::size_t>(Field::weight_format);
         i <= static_cast<std::size_t>(Field::weight_divisor); ++i)
        if (choices.choices[i].origin > Origin::given)
            return nullptr;  // a choice for this layer takes the place of all of them
    const auto& weights = resolved.prepared->given.weights;
    const bool given = choices.weight && weights.contains(facts_of(resolved, layer).weight);
    return given ? &choices.weight->parameters : nullptr;
}

std::string given_value(const Parameters& given, Field field) {
    const Format& format = *given.format;
    switch (field) {
        case Field::activation_format:
        case Field::weight_format:
            return std::string(format.name);
        case Field::activation_symmetric:
        case Field::weight_symmetric: {
            const std::int32_t middle = format.qmin < 0 ? 0 : (given.qmax + 1) / 2;
            const bool symmetric = std::all_of(given.zero_point.begin(), given.zero_point.end(),
                                               [middle](std::int32_t zero) { return zero == middle; });
            return symmetric ? "true" : "false";
        }
        case Field::activation_granularity:
        case Field::weight_granularity:
            return given.blocked() ? "group" : given.per_channel() ? "channel" : "tensor";
        case Field::weight_block_size:
            return std::to_string(given.block_size);
        case Field::activation_range:
        case Field::weight_range:
            if (given.qmin == format.qmin && given.qmax == format.qmax)
                return "full";
            return given.qmin == format.qmin + 1 && given.qmax == format.qmax ? "restricted" : "reduced";
        default:
            return {};
    }
}

bool activation_applies(const Resolved& resolved, int layer, Field field) {
    const ResolvedLayer& choices = choices_of(resolved, layer);
    const TargetOperator* op = operator_of(resolved, layer);
    if (op && op->role == Role::passive)  // its input's scale is its own
        return false;
    const bool is_static = choices[Field::mode].value == "static";
    const bool codes = choices.integers() || (is_static && choices.kept_float == KeptFloat::no_statistics);
    const bool given = given_for(resolved, layer, field) != nullptr;
    switch (field) {
        case Field::activation_format:
            // Where float was chosen it must be possible to come back.
            return codes || (is_static && choices[Field::activation_format].value == "float");
        case Field::activation_granularity:
        case Field::activation_symmetric:
        case Field::activation_range:
        case Field::threshold_method:
            return codes;
        case Field::activation_scale:
            return codes && !given;
        case Field::activation_divisor:
            return codes && !given && choices[Field::activation_symmetric].value == "true";
        case Field::threshold_percentile:
            return codes && !given && choices[Field::threshold_method].value == "percentile";
        default:
            return false;
    }
}

bool weight_applies(const Resolved& resolved, int layer, Field field) {
    const ResolvedLayer& choices = choices_of(resolved, layer);
    const TargetOperator* op = operator_of(resolved, layer);
    const bool waits = choices.kept_float == KeptFloat::no_statistics;
    const bool has_weight = !facts_of(resolved, layer).weight.empty() && (!op || op->role == Role::compute);
    const bool float_weight = choices[Field::weight_format].value == "float";
    if (!has_weight || (!choices.weight && !waits && !float_weight))
        return false;
    if (choices.mode == LayerMode::fp16 || choices.kept_float == KeptFloat::chosen)
        return false;
    if (field == Field::weight_format)
        return true;
    if (float_weight)
        return false;
    const bool given = given_for(resolved, layer, field) != nullptr;
    switch (field) {
        case Field::weight_symmetric:
        case Field::weight_granularity:
        case Field::weight_range:
            return true;
        case Field::weight_block_size:
            return !is_convolution(resolved, layer) &&
                   said(resolved, layer, Field::weight_granularity).value == "group";
        case Field::weight_scale:
            return !given;
        case Field::weight_divisor:
            return !given && choices[Field::weight_symmetric].value == "true";
        case Field::weight_storage:
            return !given_for(resolved, layer, Field::weight_format) && resolved.target->emits_unsigned &&
                   choices[Field::weight_format].value == "int8" &&
                   (choices.integers() || choices.mode == LayerMode::dynamic || waits);
        default:
            return false;
    }
}

/// Of a mode that the target runs: whether it has a form of this layer in it.
Refusal mode_refusal(const Resolved& resolved, int layer, std::string_view mode) {
    if (mode == "float" || mode == "fp16")
        return Refusal::no;
    if (mode == "static")
        switch (quantizable(*resolved.prepared, layer, *resolved.target)) {
            case KeptFloat::no:
                return Refusal::no;
            case KeptFloat::no_constant_weight:
                return Refusal::needs_weight;
            default:
                return Refusal::op;
        }
    const TargetOperator* op = operator_of(resolved, layer);
    if (!op || op->role != Role::compute || (mode == "dynamic" && !op->dynamic))
        return Refusal::op;
    return facts_of(resolved, layer).weight.empty() ? Refusal::needs_weight : Refusal::no;
}

}  // namespace

const ResolvedTensor* output_tensor(const Resolved& resolved, int layer) {
    const Layer& facts = facts_of(resolved, layer);
    if (facts.outputs.empty())
        return nullptr;
    const auto& tensor = resolved.tensors[static_cast<std::size_t>(facts.outputs.front())];
    return tensor ? &*tensor : nullptr;
}

bool applies(const Resolved& resolved, int layer, Field field) {
    if (!has_forms(choices_of(resolved, layer).kept_float))
        return false;
    if (field == Field::mode)
        return true;
    if (field == Field::rounding)
        return applies(resolved, layer, Field::threshold_method) ||
               weight_applies(resolved, layer, Field::weight_symmetric);
    return between(field, Field::activation_format, Field::threshold_percentile)
               ? activation_applies(resolved, layer, field)
               : weight_applies(resolved, layer, field);
}

Refusal refused(const Resolved& resolved, int layer, Field field, std::string_view value) {
    const Refusal by_target =
        refused(*resolved.target, facts_of(resolved, layer), choices_of(resolved, layer), field, value);
    return by_target == Refusal::no && field == Field::mode ? mode_refusal(resolved, layer, value)
                                                            : by_target;
}

Said said(const Resolved& resolved, int layer, Field field) {
    const ResolvedLayer& choices = choices_of(resolved, layer);
    if (field == Field::mode && !resolved.prepared->given.empty() && choices[field].origin <= Origin::given &&
        (choices.quantized() || choices.kept_float == KeptFloat::not_given))
        return {std::string(name_of(choices.mode)), Origin::given};
    if (const Parameters* given = given_for(resolved, layer, field))
        return {given_value(*given, field), Origin::given};
    return {choices[field].value, choices[field].origin};
}

}  // namespace quantwright
