#pragma once
// What a board of the list is said to be doing.
#include "widgets/panels/board_progress.h"
#include "widgets/panels/board_row.h"
#include "widgets/workspace/deployments.h"

namespace quantwright {

/// "Uploading 45 %"
[[nodiscard]] BoardStatus runningStatus(const BoardProgress& progress, bool ending);
/// Latency and accuracy of the last time, "failed", or "idle".
[[nodiscard]] BoardStatus restingStatus(const BoardOutcome& state);

}  // namespace quantwright
