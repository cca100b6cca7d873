#pragma once
// Numbers as people read them.
#include <QString>
#include <cstdint>
#include <optional>

#include "core/model/model.h"
#include "core/model/tensor.h"

namespace quantwright::results {

[[nodiscard]] QString significant(double number, int digits);
[[nodiscard]] QString bytes(std::int64_t count);               ///< "12.3 MB" (powers of 1000)
[[nodiscard]] QString count(std::int64_t number);              ///< "12,345"
[[nodiscard]] QString large(std::int64_t number);              ///< "384 M"
[[nodiscard]] QString percent(double fraction);                ///< "90.72 %"
[[nodiscard]] QString decibels(std::optional<double> snr_db);  ///< "18.0 dB"; without noise "∞"
[[nodiscard]] QString milliseconds(double ms);
[[nodiscard]] QString duration(double seconds);        ///< "0:07", "1:02:03"
[[nodiscard]] QString shape_text(const Shape& shape);  ///< "1×3×224×224"
[[nodiscard]] QString shape_text(const ValueInfo& value);

}  // namespace quantwright::results
