#include "widgets/panels/inspector_state.h"

#include <algorithm>

#include "widgets/panels/layer_text.h"

namespace quantwright {
namespace {

const TargetOperator* operator_of(const Resolved& resolved, int layer) {
    const auto& operators = resolved.target->operators;
    const auto found = operators.find(resolved.prepared->layers[static_cast<std::size_t>(layer)].op);
    return found == operators.end() ? nullptr : &found->second;
}

bool could_be_quantized(KeptFloat reason) {
    return reason == KeptFloat::no || reason == KeptFloat::chosen || reason == KeptFloat::no_statistics ||
           reason == KeptFloat::nothing_to_gain;
}

bool means_something(const Resolved& resolved, int layer, Field field) {
    const ResolvedLayer& choice = resolved.layers[static_cast<std::size_t>(layer)];
    const Layer& facts = resolved.prepared->layers[static_cast<std::size_t>(layer)];
    const TargetOperator* op = operator_of(resolved, layer);
    if (!could_be_quantized(choice.kept_float) || !op)
        return false;
    if (field == Field::mode)
        return true;
    if (choice.kept_float != KeptFloat::no && choice.kept_float != KeptFloat::no_statistics)
        return false;
    const bool has_weight = op->role == Role::compute && !facts.weight.empty();
    switch (field) {
        case Field::activation_format:
        case Field::activation_symmetric:
        case Field::activation_granularity:
        case Field::threshold_method:
            return op->role != Role::passive;  // its input's scale is its own
        case Field::threshold_percentile:
            return op->role != Role::passive && choice[Field::threshold_method].value == "percentile";
        case Field::weight_format:
        case Field::weight_symmetric:
        case Field::weight_granularity:
            return has_weight;
        case Field::weight_storage:
            return has_weight && resolved.target->emits_unsigned;
        case Field::mode:
        case Field::clip:
            break;
    }
    return false;
}

bool takes(const Resolved& resolved, int layer, Field field, std::string_view value) {
    const Target& target = *resolved.target;
    switch (field) {
        case Field::activation_format:
            return target.formats.contains(std::string(value));
        case Field::weight_format:
            return target.weight_formats.contains(std::string(value));
        case Field::weight_granularity: {
            const TargetOperator* op = operator_of(resolved, layer);
            return value != "channel" || (op && op->per_channel);
        }
        default:
            return true;
    }
}

}  // namespace

FieldState fieldState(const Resolved& resolved, const std::vector<int>& layers, Field field) {
    FieldState state;
    for (const int layer : layers) {
        if (!means_something(resolved, layer, field))
            continue;
        const Choice& choice = resolved.layers[static_cast<std::size_t>(layer)][field];
        if (state.layers.empty()) {
            state.value = choice.value;
            state.origin = choice.origin;
        } else {
            if (state.value != choice.value)
                state.value.reset();
            if (state.origin != choice.origin)
                state.origin.reset();
        }
        state.resettable = state.resettable || choice.origin == Origin::layer;
        state.layers.push_back(layer);
    }
    for (const std::string_view value : info(field).values) {
        const bool all = std::all_of(state.layers.begin(), state.layers.end(),
                                     [&](int layer) { return takes(resolved, layer, field, value); });
        // What a plan already says stays in the list, so that it can be seen.
        if (all || state.value == value)
            state.allowed.emplace_back(value);
    }
    return state;
}

ClipState clipState(const Resolved& resolved, const std::vector<int>& layers) {
    ClipState state;
    for (const int layer : layers) {
        const ResolvedTensor* tensor = outputTensor(resolved, layer);
        if (!tensor || tensor->scale_owner != tensor->tensor)
            continue;
        if (state.tensors.empty()) {
            state.min = tensor->range.min;
            state.max = tensor->range.max;
        } else {
            if (state.min != tensor->range.min)
                state.min.reset();
            if (state.max != tensor->range.max)
                state.max.reset();
        }
        (tensor->origin == Origin::tensor ? state.clipped : state.unclipped) = true;
        state.tensors.push_back(resolved.prepared->model->graph()[tensor->tensor].name);
    }
    return state;
}

Edit layersEdit(const Resolved& resolved, const std::vector<int>& layers, Field field,
                const std::optional<std::string>& value) {
    std::vector<std::string> names;
    for (const int layer : layers)
        names.push_back(resolved.prepared->layers[static_cast<std::size_t>(layer)].name);
    return set_layers(names, field, value);
}

Edit clipEdit(const std::vector<std::string>& tensors, const std::optional<Range>& range) {
    Edit edit;
    for (const std::string& tensor : tensors) {
        Edit one = set_clip(tensor, range);
        edit.assignments.insert(edit.assignments.end(), one.assignments.begin(), one.assignments.end());
    }
    return edit;
}

}  // namespace quantwright
