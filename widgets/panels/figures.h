#pragma once
// Numbers as the window writes them: few digits, with units.
#include <QString>
#include <cstdint>
#include <optional>

#include "core/model/tensor.h"
#include "core/task/judge.h"

namespace quantwright::figures {

/// Empty: no noise at all, written as the sign of infinity.
[[nodiscard]] QString decibels(std::optional<double> snr_db);
[[nodiscard]] QString percent(double fraction, int decimals = 1);
[[nodiscard]] QString bytes(std::int64_t bytes);
/// 864, 12.3 k, 1.2 M
[[nodiscard]] QString count(std::int64_t count);
[[nodiscard]] QString milliseconds(double ms);
/// As milliseconds from one on.
[[nodiscard]] QString microseconds(double us);
[[nodiscard]] QString shape(const Shape& shape);
/// Four digits that matter.
[[nodiscard]] QString value(double value);
/// Of a task: a share in per cent, a cosine or an error as it is.
[[nodiscard]] QString taskFigure(const Figure& figure);
/// How far apart the two are: "−1.3" points, or in the figure's own unit.
[[nodiscard]] QString taskChange(const Figure& from, const Figure& to);
/// 12 s, 3:05 min
[[nodiscard]] QString duration(double seconds);

}  // namespace quantwright::figures
