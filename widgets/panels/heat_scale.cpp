#include "widgets/panels/heat_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace quantwright {
namespace {
constexpr int colours = 5;
}

HeatScale::HeatScale(const Sensitivity& sensitivity) {
    std::vector<double> known;
    for (const LayerSensitivity& layer : sensitivity.layers)
        if (layer.snr_db_alone)
            known.push_back(*layer.snr_db_alone);
    if (known.empty())
        return;
    std::sort(known.begin(), known.end());
    m_worst = std::floor(known.front() / 5) * 5;
    // One layer that hardly matters must not press all others into one colour.
    const double best = known[(known.size() - 1) * 9 / 10];
    constexpr double steps[] = {1, 2, 3, 4, 5, 6, 8, 10, 15, 20};
    m_step = 20;
    for (const double step : steps)
        if (m_worst + colours * step >= best) {
            m_step = step;
            break;
        }
}

double HeatScale::heat(const LayerSensitivity* layer) const {
    if (!layer || !known())
        return std::numeric_limits<double>::quiet_NaN();
    if (!layer->snr_db_alone)
        return 0;
    return std::clamp(1 - (*layer->snr_db_alone - m_worst) / (colours * m_step), 0.0, 1.0);
}

QStringList HeatScale::ticks() const {
    QStringList ticks;
    for (int i = 0; i <= colours; ++i)
        ticks << QString::number(m_worst + i * m_step);
    return ticks;
}

}  // namespace quantwright
