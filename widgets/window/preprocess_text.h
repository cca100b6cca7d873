#pragma once
// A preprocessing in words, step by step.
#include <QString>

#include "core/images/preprocess.h"

namespace quantwright {

[[nodiscard]] QString preprocessText(const Preprocess& preprocess);

}  // namespace quantwright
