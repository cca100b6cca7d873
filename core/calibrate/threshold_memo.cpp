#include "core/calibrate/threshold_memo.h"

#include "core/calibrate/threshold.h"

namespace quantwright {

ThresholdMemo& ThresholdMemo::operator=(const ThresholdMemo& other) {
    if (this != &other) {
        const std::lock_guard lock(m_mutex);
        m_ranges.clear();
        m_names.clear();
    }
    return *this;
}

Range ThresholdMemo::find(const TensorStatistics& tensor, ThresholdMethod method, double percentile,
                          const Scheme& scheme) const {
    const Question question(&tensor, method, percentile, scheme.format, scheme.symmetric, scheme.codes,
                            scheme.divisor, scheme.power_of_two, scheme.rounding, scheme.scale_floor);
    {
        const std::lock_guard lock(m_mutex);
        if (const auto known = m_ranges.find(question); known != m_ranges.end())
            return known->second;
    }
    // Two threads may look for the same: they find the same.
    const Range range = find_threshold(tensor, method, percentile, scheme);
    const std::lock_guard lock(m_mutex);
    m_ranges.emplace(question, range);
    return range;
}

const TensorStatistics* ThresholdMemo::named(const std::vector<TensorStatistics>& tensors,
                                             const std::string& name) const {
    const std::lock_guard lock(m_mutex);
    if (m_names.size() != tensors.size())
        for (std::size_t i = 0; i < tensors.size(); ++i)
            m_names.emplace(tensors[i].name, i);
    const auto found = m_names.find(name);
    return found == m_names.end() || found->second >= tensors.size() || tensors[found->second].name != name
               ? nullptr
               : &tensors[found->second];
}

}  // namespace quantwright
