#pragma once
// A judge for each kind of task. Private to core/task.
#include "core/task/judge.h"

namespace quantwright::judges {

[[nodiscard]] std::unique_ptr<Judge> none();
[[nodiscard]] std::unique_ptr<Judge> classification();
[[nodiscard]] std::unique_ptr<Judge> detection();
[[nodiscard]] std::unique_ptr<Judge> segmentation();
[[nodiscard]] std::unique_ptr<Judge> text();
[[nodiscard]] std::unique_ptr<Judge> embedding();
[[nodiscard]] std::unique_ptr<Judge> regression();

/// Nothing is put where there is no value.
void put(std::vector<Figure>& figures, const char* name, const std::optional<double>& value);

}  // namespace quantwright::judges
