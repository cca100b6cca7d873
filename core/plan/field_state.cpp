#include "core/plan/field_state.h"

#include <algorithm>

#include "core/plan/choices.h"
#include "core/plan/edit_parts.h"

namespace quantwright {
namespace {

/// All layers must take a value, but a mode is offered where one layer takes it: the others say why not.
Refusal refusal_for(const Resolved& resolved, const std::vector<int>& layers, Field field,
                    std::string_view value) {
    Refusal first = Refusal::no;
    for (const int layer : layers) {
        const Refusal one = refused(resolved, layer, field, value);
        if (one == Refusal::no && field == Field::mode)
            return Refusal::no;
        if (first == Refusal::no)
            first = one;
    }
    return first;
}

}  // namespace

bool FieldState::allows(std::string_view wanted) const {
    return std::any_of(options.begin(), options.end(), [wanted](const FieldOption& option) {
        return option.value == wanted && option.refusal == Refusal::no;
    });
}

FieldState field_state(const Resolved& resolved, const std::vector<int>& layers, Field field) {
    FieldState state;
    state.target = resolved.target->label;
    for (const int layer : layers) {
        if (!applies(resolved, layer, field))
            continue;
        const Said one = said(resolved, layer, field);
        if (state.layers.empty()) {
            state.value = one.value;
            state.origin = one.origin;
        } else {
            if (state.value != one.value)
                state.value.reset();
            if (state.origin != one.origin)
                state.origin.reset();
        }
        state.resettable = state.resettable || one.origin == Origin::layer;
        state.layers.push_back(layer);
    }
    if (state.value && state.value->empty()) {
        state.value.reset();
        state.given = true;
    }
    for (const std::string_view value : info(field).values)
        state.options.push_back({std::string(value), refusal_for(resolved, state.layers, field, value)});
    return state;
}

ClipState clip_state(const Resolved& resolved, const std::vector<int>& layers) {
    ClipState state;
    for (const int layer : layers) {
        const ResolvedTensor* tensor = output_tensor(resolved, layer);
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

Edit layers_edit(const Resolved& resolved, const std::vector<int>& layers, Field field,
                 const std::optional<std::string>& value) {
    return edit_parts(*resolved.prepared, resolved.plan, layers, field, value,
                      [&](int layer) { return applies(resolved, layer, field); });
}

Edit clip_edit(const std::vector<std::string>& tensors, const std::optional<Range>& range) {
    Edit edit;
    for (const std::string& tensor : tensors) {
        Edit one = set_clip(tensor, range);
        edit.assignments.insert(edit.assignments.end(), one.assignments.begin(), one.assignments.end());
    }
    return edit;
}

}  // namespace quantwright
