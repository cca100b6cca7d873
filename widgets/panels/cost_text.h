#pragma once
// What layers and plans would take on the board that is looked at, from what was measured there.
#include <QString>
#include <map>
#include <string>
#include <vector>

#include "widgets/workspace/workspace.h"

namespace quantwright {

/// "uint8/int8", "float" in the user's language.
[[nodiscard]] QString formatText(const std::string& cost_format);
/// "20 uint8/int8, 2 float".
[[nodiscard]] QString formatsText(const std::map<std::string, int>& formats);

/// Of the selected layers: as they are, and as float or whatever else was measured; empty where nothing is
/// known.
[[nodiscard]] QString costText(const Workspace& workspace, const std::vector<int>& layers);

/// Of the plan as it is; empty where nothing is known.
struct CostPrediction {
    QString time;      ///< "≈ 12.3 ms"
    QString sentence;  ///< that says on how much it rests
};
[[nodiscard]] CostPrediction predicted(const Workspace& workspace);

}  // namespace quantwright
