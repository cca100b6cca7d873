#include "core/plan/edit.h"

#include <algorithm>
#include <utility>

namespace quantwright {

Edit set_layers(const std::vector<std::string>& layers, Field field,
                const std::optional<std::string>& value) {
    Edit edit;
    for (const std::string& layer : layers)
        edit.assignments.push_back({Assignment::Scope::layer, layer, field, value});
    return edit;
}

Edit set_clip(const std::string& tensor, std::optional<Range> range) {
    return {{{Assignment::Scope::tensor, tensor, Field::clip,
              range ? std::optional(clip_text(*range)) : std::nullopt}}};
}

namespace {

/// Puts one value in place and returns what was there.
std::optional<std::string> assign(Plan& plan, const Assignment& assignment) {
    const auto in_place = [&](std::map<std::string, Settings>& places) {
        Settings& settings = places[assignment.name];
        auto old = settings[assignment.field];
        settings.set(assignment.field, assignment.value);
        if (settings.empty())
            places.erase(assignment.name);
        return old;
    };
    switch (assignment.scope) {
        case Assignment::Scope::defaults: {
            auto old = plan.defaults[assignment.field];
            plan.defaults.set(assignment.field, assignment.value);
            return old;
        }
        case Assignment::Scope::layer:
            return in_place(plan.layers);
        case Assignment::Scope::tensor:
            return in_place(plan.tensors);
        case Assignment::Scope::target:
            return std::exchange(plan.target, assignment.value.value_or(Plan{}.target));
        case Assignment::Scope::preset:
            return std::exchange(plan.preset, assignment.value.value_or(Plan{}.preset));
        case Assignment::Scope::exclude_image: {
            auto& images = plan.excluded_images;
            const auto place = std::lower_bound(images.begin(), images.end(), assignment.name);
            const bool there = place != images.end() && *place == assignment.name;
            if (assignment.value && !there)
                images.insert(place, assignment.name);
            if (!assignment.value && there)
                images.erase(place);
            return there ? std::optional<std::string>("true") : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<Edit> apply(Plan& plan, const Edit& edit) {
    for (const Assignment& assignment : edit.assignments) {
        const bool has_field = assignment.scope <= Assignment::Scope::tensor;
        if (has_field && assignment.value)
            if (auto valid = check_value(assignment.field, *assignment.value); !valid)
                return fail(valid);
    }
    Edit inverse;
    for (const Assignment& assignment : edit.assignments) {
        Assignment back = assignment;
        back.value = assign(plan, assignment);
        inverse.assignments.push_back(std::move(back));
    }
    std::reverse(inverse.assignments.begin(), inverse.assignments.end());
    return inverse;
}

}  // namespace quantwright
