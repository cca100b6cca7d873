// Which exceptions can be made for a group of layers, and the plan with some of them.
#include <algorithm>

#include "core/plan/choices.h"
#include "core/plan/field_state.h"
#include "core/search/search.h"

namespace quantwright {

namespace {

const ResolvedLayer& at(const Resolved& resolved, int layer) {
    return resolved.layers[static_cast<std::size_t>(layer)];
}

/// Parts of the group that the field means something for, in the form that they have.
std::vector<int> concerned(const Resolved& resolved, const LayerGroup& group, Field field) {
    std::vector<int> parts;
    for (const int part : group.layers)
        if (at(resolved, part).quantized() && applies(resolved, part, field))
            parts.push_back(part);
    return parts;
}

/// The value is another one for some part, and the target takes it for each that it means something for.
bool offers(const Resolved& resolved, const LayerGroup& group, Field field, const std::string& value) {
    const auto parts = concerned(resolved, group, field);
    const auto is_new = [&](int part) { return said(resolved, part, field).value != value; };
    const auto is_refused = [&](int part) { return refused(resolved, part, field, value) != Refusal::no; };
    return std::any_of(parts.begin(), parts.end(), is_new) &&
           std::none_of(parts.begin(), parts.end(), is_refused);
}

bool has_weight(const Resolved& resolved, const LayerGroup& group) {
    return std::any_of(group.layers.begin(), group.layers.end(), [&](int part) {
        return at(resolved, part).quantized() && at(resolved, part).weight.has_value();
    });
}

bool any_static(const Resolved& resolved, const LayerGroup& group) {
    return std::any_of(group.layers.begin(), group.layers.end(),
                       [&](int part) { return at(resolved, part).integers(); });
}

/// The 16-bit form of the lead's activation format, of the same sign where the target runs that.
std::vector<std::string> wide_formats(const Resolved& resolved, const LayerGroup& group) {
    const std::string now = at(resolved, group.lead)[Field::activation_format].value;
    if (now == "int8")
        return {"int16", "uint16"};
    return now == "uint8" ? std::vector<std::string>{"uint16", "int16"} : std::vector<std::string>{};
}

}  // namespace

std::vector<Raise> candidates(const Resolved& resolved, int index) {
    const LayerGroup& group = resolved.prepared->groups[static_cast<std::size_t>(index)];
    std::vector<Raise> found;
    const auto offer = [&](Field field, const std::string& value) {
        const bool offered = offers(resolved, group, field, value);
        if (offered)
            found.push_back({index, field, value});
        return offered;
    };
    const bool weight = has_weight(resolved, group);
    if (any_static(resolved, group))
        for (const char* method : {"mse", "percentile"})
            offer(Field::threshold_method, method);
    if (weight) {
        const std::string format = at(resolved, group.lead)[Field::weight_format].value;
        if (at(resolved, group.lead)[Field::weight_granularity].value == "tensor")
            offer(Field::weight_granularity, "channel");
        if (format == "int4" || format == "uint4")
            offer(Field::weight_format, format.substr(0, format.size() - 1) + "8");
    }
    if (any_static(resolved, group))
        for (const std::string& format : wide_formats(resolved, group))
            if (offer(Field::activation_format, format))
                break;
    // Float is never refused. Half precision is smaller where there is a weight, and no slower than float
    // only where the runtime computes in it.
    if (weight && resolved.target->half_kernels)
        offer(Field::mode, "fp16");
    offer(Field::mode, "float");
    return found;
}

Edit edit_of(const Resolved& resolved, const std::vector<Raise>& raised) {
    Edit edit;
    for (const Raise& raise : raised) {
        const LayerGroup& group = resolved.prepared->groups[static_cast<std::size_t>(raise.group)];
        // A mode is the whole group's: parts that would stay integers between float ones only convert.
        const auto parts =
            raise.field == Field::mode ? group.layers : concerned(resolved, group, raise.field);
        const Edit one = layers_edit(resolved, parts, raise.field, raise.value);
        edit.assignments.insert(edit.assignments.end(), one.assignments.begin(), one.assignments.end());
    }
    return edit;
}

}  // namespace quantwright
