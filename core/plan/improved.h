#pragma once
// What core/improve found better than plain rounding: values beside the plan and the statistics. resolve()
// takes them; what no longer fits the plan falls away there.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/number/parameters.h"

namespace quantwright {

/// Of one layer. Immutable once handed out.
struct ImprovedWeight {
    /// What the plan gave the weight when this was made; under other parameters it does not hold.
    Parameters plain;
    Parameters parameters;            ///< of `codes`
    std::vector<std::int32_t> codes;  ///< row-major, the initializer's shape
    std::vector<float> bias;          ///< by output channel; empty: the model's
};

/// Of one tensor that has a range of its own.
struct ImprovedRange {
    Range plain;  ///< what its threshold method gave when this was made; where it gives another, `range` does
                  ///< not hold
    Range range;
    [[nodiscard]] bool operator==(const ImprovedRange&) const = default;
};

/// One thing that was tried, judged on images that it was not made from.
struct ImprovementStep {
    std::string name;                           ///< "ranges", "bias", "rounding"
    std::optional<double> before_db, after_db;  ///< SNR at the model's outputs; empty: no noise
    double seconds = 0;
    bool kept = false;
    int changed = 0;  ///< layers or tensors
};

struct Improved {
    std::string model_sha256;  ///< of the original model; for another one nothing of it holds
    std::string level;         ///< "fast", "best"
    bool complete = false;     ///< false: it was cancelled behind the last of `steps`
    std::int64_t images_fit = 0, images_judged = 0;
    std::map<std::string, std::shared_ptr<const ImprovedWeight>> weights;  ///< by layer
    std::map<std::string, ImprovedRange> ranges;                           ///< by tensor
    std::vector<ImprovementStep> steps;
    [[nodiscard]] bool empty() const { return weights.empty() && ranges.empty(); }
    [[nodiscard]] const ImprovementStep* last_kept() const {
        const auto found =
            std::find_if(steps.rbegin(), steps.rend(), [](const auto& step) { return step.kept; });
        return found == steps.rend() ? nullptr : &*found;
    }
};

}  // namespace quantwright
