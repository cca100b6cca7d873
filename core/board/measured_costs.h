#pragma once
// What layers would take on a board, from what was measured there: of deployments that ran under the
// conditions of the newest one (runtime, providers, threads), and where any was undisturbed, of those alone.
#include <map>
#include <string>
#include <vector>

#include "core/board/record.h"

namespace quantwright {

struct LayerCost {
    enum class Basis {
        unknown,
        /// From the work per time of all layers of this kind and format together.
        estimated,
        measured,  ///< this very shape in this format
    };
    Basis basis = Basis::unknown;
    double us = 0;  ///< as a profile would say: median over the measurements
    /// What it adds to the model's latency. A profiled run is slower than others: its times are only how the
    /// time is shared out, so each record's are scaled to that record's latency.
    double latency_us = 0;
};

struct PlanCost {
    double ms = 0;  ///< of the layers that something is known of
    int measured = 0, estimated = 0, unknown = 0;
};

class MeasuredCosts {
public:
    MeasuredCosts() = default;
    /// Records of one board, oldest first.
    explicit MeasuredCosts(const std::vector<BoardRecord>& records);

    [[nodiscard]] bool empty() const { return m_shapes.empty(); }
    [[nodiscard]] LayerCost predict(const LayerShape& shape, const std::string& format) const;
    [[nodiscard]] PlanCost predict(const Resolved& resolved) const;
    /// In which this very shape was measured.
    [[nodiscard]] std::vector<std::string> formats_of(const LayerShape& shape) const;

private:
    struct Times {
        std::vector<double> us, latency_us;
        double work = 0;
    };
    struct Rate {
        double us = 0, latency_us = 0, work = 0;  ///< sums over shapes
    };
    using Formats = std::map<std::string, Times>;
    void take(const ModelMeasurement& measurement, std::map<std::string, std::string>& kinds);

    std::map<std::string, Formats> m_shapes;                      ///< by LayerShape::key
    std::map<std::pair<std::string, std::string>, Rate> m_rates;  ///< by kind and format
};

}  // namespace quantwright
