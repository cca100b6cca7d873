#pragma once
// The fields of problems, for json_fields.h.
#include "core/base/error.h"
#include "core/base/json_fields.h"

namespace quantwright {

[[nodiscard]] inline std::size_t count_of(ErrorCode) {
    return error_catalogue().size();
}
[[nodiscard]] constexpr std::size_t count_of(Severity) {
    return 3;
}

template <class Visitor>
void describe(Visitor& visit, Problem& problem) {
    visit("code", problem.code);
    visit("severity", problem.severity);
    visit("layer", problem.layer);
    visit("arguments", problem.arguments);
}

}  // namespace quantwright
