#include "widgets/jobs/time_left.h"

#include <algorithm>

namespace quantwright {
namespace {
constexpr double warm_up_seconds = 0.7;  // sessions are created and caches filled in the first moments
constexpr double smoothing = 0.3;
}  // namespace

std::optional<double> TimeLeft::update(int stage, std::int64_t done, std::int64_t total, double now) {
    if (stage != m_stage || done < m_last_done) {
        m_stage = stage;
        m_start_done = m_last_done = done;
        m_start = m_last = now;
        m_rate.reset();
        return {};
    }
    const double elapsed = now - m_start;
    if (done > m_last_done && now > m_last) {
        // The mean of the whole stage steadies what the last step alone says.
        const double mean = static_cast<double>(done - m_start_done) / elapsed;
        const double recent = static_cast<double>(done - m_last_done) / (now - m_last);
        m_rate = m_rate ? (1 - smoothing) * *m_rate + smoothing * 0.5 * (mean + recent) : mean;
        m_last_done = done;
        m_last = now;
    }
    if (total <= 0 || !m_rate || *m_rate <= 0 || elapsed < warm_up_seconds)
        return {};
    return std::max(0.0, static_cast<double>(total - done) / *m_rate);
}

}  // namespace quantwright
