#pragma once
// What quantizing changed of a sample's result, in a few words.
#include <QString>

#include "core/task/judge.h"

namespace quantwright {

/// "2 new, 1 gone"; null `change`: nothing.
[[nodiscard]] QString changeText(TaskKind kind, const Change* change);

}  // namespace quantwright
