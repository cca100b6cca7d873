#pragma once
// From a layer's signal-to-noise ratio to a colour of the heat scale. Fitted to the model at hand, in round
// numbers, so that the legend can be read.
#include <QStringList>
#include <optional>

#include "core/analyze/sensitivity.h"

namespace quantwright {

class HeatScale {
public:
    HeatScale() = default;  ///< nothing is known
    explicit HeatScale(const Sensitivity& sensitivity);

    [[nodiscard]] bool known() const { return m_step > 0; }
    /// 0 harmless to 1 worst; NaN for a layer that was not analyzed.
    [[nodiscard]] double heat(const LayerSensitivity* layer) const;
    /// dB at the borders of the five colours, the worst first.
    [[nodiscard]] QStringList ticks() const;
    /// Among the few worst: marked with a triangle besides the colour.
    [[nodiscard]] static bool worst(const LayerSensitivity* layer) { return layer && layer->rank <= 3; }

private:
    double m_worst = 0, m_step = 0;  ///< dB
};

}  // namespace quantwright
