#pragma once
// Named choices that other toolchains make, as data (resources/presets.json, built into the program). A
// preset is weaker than everything the user says and stronger than the target's default.
#include <map>
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace quantwright {

struct Preset {
    Settings set;
    std::vector<Rule> rules;  ///< stronger than `set`; later beats earlier
};

/// By name; "default" is empty: what the target says.
[[nodiscard]] const std::map<std::string, Preset>& presets();

}  // namespace quantwright
