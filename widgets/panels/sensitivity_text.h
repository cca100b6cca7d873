#pragma once
// Figures of the analysis with how sure they are.
#include <QString>

#include "core/analyze/sensitivity.h"

namespace quantwright {

/// "23.4 ± 0.6 dB"
[[nodiscard]] QString snrText(const LayerSensitivity& sensitivity);
/// "3", or "3 (2–5)" where the images leave these ranks open.
[[nodiscard]] QString rankText(const LayerSensitivity& sensitivity);

}  // namespace quantwright
