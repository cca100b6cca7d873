#pragma once
// An edit in words: "Threshold of 3 layers: KL divergence".
#include <QString>

#include "core/plan/edit.h"

namespace quantwright {

[[nodiscard]] QString editText(const Edit& edit);

}  // namespace quantwright
