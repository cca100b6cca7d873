#pragma once
// Which quantized layers an integer file could not say with integer operators, and why. Private to
// core/export.
#include <map>
#include <string_view>
#include <vector>

#include "core/plan/resolve.h"

namespace quantwright {

/// Why a layer keeps the form it has in a QDQ file.
enum class KeptPairs {
    codes,        ///< 16 or 4 bits; the integer operators take 8
    no_operator,  ///< ONNX Runtime has no integer operator for it
    no_kernel,    ///< it has one, but not for these formats, or its float result is read too
    dynamic,
    weight_only,
    fp16,
};
[[nodiscard]] std::string_view name_of(KeptPairs reason);

/// One problem `export.kept_qdq` per reason: {layers, names of the first few, reason}. `remaining`: static
/// layers of which no node became an integer operator, with true where an operator for them exists.
[[nodiscard]] std::vector<Problem> kept_pairs(const Resolved& resolved, const std::map<int, bool>& remaining);

}  // namespace quantwright
