#pragma once
// What two networks say of a sample, small enough to be kept for thousands of samples and to be shown.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/json.h"
#include "core/task/prediction.h"

namespace quantwright {

/// A mask by its runs of equal classes, row by row.
struct RunMask {
    struct Run {
        std::int32_t length = 0, category = 0;
    };
    int height = 0, width = 0;
    std::vector<Run> runs;
};
[[nodiscard]] RunMask run_mask(const Mask& mask);
[[nodiscard]] Mask unpacked(const RunMask& mask);

/// std::monostate: nothing, or not kept. Detections: those from the score on that is shown.
using Shown = std::variant<std::monostate, Ranking, Detections, RunMask, std::string, Values>;
/// Of values the first few.
[[nodiscard]] Shown to_show(const Prediction& prediction, double score);

struct ShownResult {
    std::int64_t sample = 0;
    std::string image;  ///< its relative name
    double amount = 0;  ///< of the change: see Change
    Geometry geometry;
    Shown found = {}, reference = {};  ///< of the network that is judged, and of the float one
    [[nodiscard]] bool kept() const { return found.index() > 0; }
};

/// Results of many samples in a bounded room: beyond it those that changed least keep nothing but their
/// names.
class ShownResults {
public:
    explicit ShownResults(std::int64_t bytes) : m_most(bytes) {}
    void add(ShownResult result);
    [[nodiscard]] std::vector<ShownResult> sorted() const;  ///< the largest change first

private:
    void make_room();
    std::int64_t m_most, m_bytes = 0;
    std::vector<ShownResult> m_results;
};

/// The same bound for results that are sorted already.
void keep_within(std::vector<ShownResult>& results, std::int64_t bytes);

[[nodiscard]] Json to_json(const ShownResult& result);
/// Throws std::exception where something is missing or of another kind.
[[nodiscard]] ShownResult shown_from_json(const Json& json);

}  // namespace quantwright
