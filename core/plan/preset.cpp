#include "core/plan/preset.h"

#include "core/plan/builtin_targets.h"

namespace quantwright {

const std::map<std::string, Preset>& presets() {
    static const std::map<std::string, Preset> table = [] {
        std::map<std::string, Preset> result;
        result["default"] = {};
        const auto json = parse_json(builtin_presets(), ErrorCode::plan_invalid, "presets");
        if (!json)
            return result;
        for (const auto& [name, value] : json->items()) {
            Json plan = value;  // a preset is written as the part of a plan that it is
            plan["quantwright_plan"] = 1;
            if (auto read = plan_from_json(plan, name))
                result[name] = {std::move(read->defaults), std::move(read->rules)};
        }
        return result;
    }();
    return table;
}

}  // namespace quantwright
