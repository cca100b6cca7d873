#pragma once
// The steps of the way from a model to a judged quantized file, and what each shows.
#include <array>
#include <optional>

#include "core/base/error.h"

namespace quantwright {

enum class Step { open, calibrate, analyze, improve, export_model, evaluate, deploy };
inline constexpr std::array all_steps = {Step::open,         Step::calibrate, Step::analyze, Step::improve,
                                         Step::export_model, Step::evaluate,  Step::deploy};

struct StepState {
    enum class Kind { not_yet, running, done, stale, failed };
    Kind kind = Kind::not_yet;
    double fraction = -1;                ///< running: 0 to 1; -1 while it isn't known
    std::optional<double> seconds_left;  ///< running
    std::optional<Error> error;          ///< failed
    bool possible = false;               ///< what it needs is there
};

}  // namespace quantwright
