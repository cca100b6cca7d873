#include "core/plan/edit.h"

#include <algorithm>
#include <tuple>
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

/// Names that only one of two lists has, as the same kind of assignment.
void add_names(Edit& edit, Assignment::Scope scope, const std::vector<std::string>& from,
               const std::vector<std::string>& to) {
    for (const auto& [names, others, value] : {std::tuple(&from, &to, std::optional<std::string>()),
                                               {&to, &from, std::optional<std::string>("true")}})
        for (const std::string& name : *names)
            if (std::find(others->begin(), others->end(), name) == others->end())
                edit.assignments.push_back({scope, name, {}, value});
}

void add_difference(Edit& edit, const Assignment& place, const Settings& from, const Settings& to) {
    for (const FieldInfo& field : fields())
        if (from[field.field] != to[field.field])
            edit.assignments.push_back({place.scope, place.name, field.field, to[field.field]});
}

void add_differences(Edit& edit, Assignment::Scope scope, const std::map<std::string, Settings>& from,
                     const std::map<std::string, Settings>& to) {
    const auto settings = [](const std::map<std::string, Settings>& places, const std::string& name) {
        const auto found = places.find(name);
        return found == places.end() ? Settings() : found->second;
    };
    std::map<std::string, Settings> names = from;
    names.insert(to.begin(), to.end());
    for (const auto& [name, any] : names)
        add_difference(edit, {scope, name, {}, {}}, settings(from, name), settings(to, name));
}

}  // namespace

Edit set_truncation(const Plan& plan, const std::vector<std::string>& tensors) {
    Edit edit;
    add_names(edit, Assignment::Scope::truncate, plan.truncate, tensors);
    return edit;
}

Edit edit_to(const Plan& from, const Plan& to) {
    using Scope = Assignment::Scope;
    Edit edit;
    if (from.target != to.target)
        edit.assignments.push_back({Scope::target, {}, {}, to.target});
    if (from.preset != to.preset)
        edit.assignments.push_back({Scope::preset, {}, {}, to.preset});
    add_difference(edit, {Scope::defaults, {}, {}, {}}, from.defaults, to.defaults);
    add_differences(edit, Scope::layer, from.layers, to.layers);
    add_differences(edit, Scope::tensor, from.tensors, to.tensors);
    add_names(edit, Scope::truncate, from.truncate, to.truncate);
    add_names(edit, Scope::exclude_image, from.excluded_images, to.excluded_images);
    edit.rules = to.rules;
    return edit;
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
        case Assignment::Scope::exclude_image:
        case Assignment::Scope::truncate: {
            auto& names =
                assignment.scope == Assignment::Scope::truncate ? plan.truncate : plan.excluded_images;
            const auto place = std::lower_bound(names.begin(), names.end(), assignment.name);
            const bool there = place != names.end() && *place == assignment.name;
            if (assignment.value && !there)
                names.insert(place, assignment.name);
            if (!assignment.value && there)
                names.erase(place);
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
    if (edit.rules)
        inverse.rules = std::exchange(plan.rules, *edit.rules);
    return inverse;
}

}  // namespace quantwright
