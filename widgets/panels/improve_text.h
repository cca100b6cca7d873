#pragma once
// Improving in words: levels, what a step of undo is called, and what came of it.
#include <QString>

#include "core/improve/improve.h"

namespace quantwright {

[[nodiscard]] QString levelName(ImproveLevel level);
/// A sentence or two.
[[nodiscard]] QString levelNote(ImproveLevel level);
/// "Improve (best)"
[[nodiscard]] QString improveText(ImproveLevel level);
/// "18.2 → 25.5 dB"; where nothing was kept, so it says.
[[nodiscard]] QString improveSummary(const Improved& improved);
/// The same with what it is measured on; where nothing was kept, so it says.
[[nodiscard]] QString improveResult(const Improved& improved);
/// One step: "18.2 → 21.6 dB".
[[nodiscard]] QString stepChange(const ImprovementStep& step);
/// A line for the log; null: it was taken back.
[[nodiscard]] QString improveLog(const Improved* improved);

}  // namespace quantwright
