#pragma once
// Thresholds that were found once.
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/number/parameters.h"

namespace quantwright {

struct TensorStatistics;
enum class ThresholdMethod;

/// Belongs to one Statistics, whose tensors do not change any more. Safe from any thread. A copy, and what
/// is moved, begins with nothing: what it belongs to may become something else.
class ThresholdMemo {
public:
    ThresholdMemo() = default;
    ThresholdMemo(const ThresholdMemo&) {}
    ThresholdMemo& operator=(const ThresholdMemo& other);

    /// find_threshold(), once for the same question.
    [[nodiscard]] Range find(const TensorStatistics& tensor, ThresholdMethod method, double percentile,
                             const Scheme& scheme) const;
    /// The tensor of that name; null where there is none.
    [[nodiscard]] const TensorStatistics* named(const std::vector<TensorStatistics>& tensors,
                                                const std::string& name) const;

private:
    /// Tensor, method, percentile, and the scheme's fields.
    using Question = std::tuple<const TensorStatistics*, ThresholdMethod, double, const Format*, bool,
                                CodeRange, Divisor, bool, Rounding, float>;
    mutable std::mutex m_mutex;
    mutable std::map<Question, Range> m_ranges;
    mutable std::unordered_map<std::string, std::size_t> m_names;
};

}  // namespace quantwright
