// The range with the least expected squared error.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/calibrate/threshold_parts.h"

namespace quantwright {

namespace {

/// Squared error of quantizing, summed over values that are spread evenly between two points, in closed form. Between the grid's ends
/// the error at x is x - s * round(x / s): its square's integral over one step is s^3 / 12, and d^3 / 3 from a grid point to a
/// distance d. Beyond the ends it is the distance to the end.
class GridError {
public:
    GridError(Range range, const Scheme& scheme) {
        const Parameters parameters = parameters_from(range, scheme);
        const double scale = parameters.scale[0];
        m_low_step = parameters.qmin - parameters.zero_point[0];
        m_high_step = parameters.qmax - parameters.zero_point[0];
        m_scale = scale;
        m_inverse = 1 / scale;
        m_per_step = scale * scale * scale / 12;
    }

    /// Squared error at one point.
    [[nodiscard]] double at(double x) const {
        const double error = x - m_scale * nearest(x);
        return error * error;
    }

    /// Antiderivative of at().
    [[nodiscard]] double integral(double x) const {
        const double step = nearest(x);
        const double distance = x - m_scale * step;
        return step * m_per_step + distance * distance * distance / 3;
    }

private:
    [[nodiscard]] double nearest(double x) const {
        const double clamped = std::clamp(x * m_inverse, m_low_step, m_high_step);
        // Half a step up or down is the same error, so ties don't matter.
        return static_cast<double>(static_cast<std::int64_t>(clamped + (clamped < 0 ? -0.5 : 0.5)));
    }
    double m_scale, m_inverse, m_low_step, m_high_step, m_per_step;
};

/// fp16 rounds to 11 significant bits, subnormals to 2^-24 (IEEE 754 binary16): a twelfth of a step squared.
double half_error_sum(const std::vector<Mass>& masses) {
    constexpr double largest = 65504;
    double sum = 0;
    for (const Mass& mass : masses) {
        const double middle = std::fabs((mass.low + mass.high) / 2);
        if (middle > largest) {
            sum += mass.count * (middle - largest) * (middle - largest);
        } else if (middle > 0) {
            const double step = std::max(std::ldexp(1.0, std::ilogb(middle) - 10), std::ldexp(1.0, -24));
            sum += mass.count * step * step / 12;
        }
    }
    return sum;
}

}  // namespace

double squared_error_sum(const std::vector<Mass>& masses, Range range, const Scheme& scheme) {
    if (!scheme.format->is_integer)
        return scheme.format->storage == ElementType::float16 ? half_error_sum(masses) : 0;
    const GridError error(range, scheme);
    double sum = 0, edge = std::numeric_limits<double>::quiet_NaN(), at_edge = 0;
    for (const Mass& mass : masses) {
        if (mass.low == mass.high) {
            sum += mass.count * error.at(mass.low);
            continue;
        }
        const double from = mass.low == edge ? at_edge : error.integral(mass.low);
        edge = mass.high;
        at_edge = error.integral(edge);
        sum += mass.count * (at_edge - from) / (mass.high - mass.low);
    }
    return sum;
}

namespace {

/// How much of each end is kept, as fractions of the exact range's ends.
struct Kept {
    double low = 1, high = 1;
};

class Search {
public:
    Search(const std::vector<Mass>& all, Range exact, const Scheme& scheme)
        : m_all(all), m_exact(exact), m_scheme(scheme), m_cuts_low(exact.min < 0), m_cuts_high(exact.max > 0) {}

    Range run() {
        constexpr double cells = 1024;
        const double largest = std::max(std::fabs(m_exact.min), std::fabs(m_exact.max));
        const auto rough = coarser(m_all, largest / cells);
        m_masses = &rough;
        std::array<double, 22> grid{};
        double spread = 1;
        for (double& fraction : grid) {  // finer where outliers leave only little of the range
            fraction = spread;
            spread *= spread > 0.5 ? 0.93 : 0.75;
        }
        if (m_scheme.symmetric) {
            for (const double fraction : grid)
                try_one({fraction, fraction});
        } else {
            for (const double low : m_cuts_low ? std::span<const double>(grid) : std::span<const double>(grid.data(), 1))
                for (const double high :
                     m_cuts_high ? std::span<const double>(grid) : std::span<const double>(grid.data(), 1))
                    try_one({low, high});
        }
        m_masses = &m_all;
        m_least = std::numeric_limits<double>::infinity();
        const Kept start = m_best;
        try_one({1, 1});  // never worse than the exact range
        try_one(start);
        for (double step = 0.08; step > 0.002; step /= 3)
            refine(step);
        return range_of(m_best);
    }

private:
    void refine(double step) {
        const Kept center = m_best;
        for (int i = -3; i <= 3; ++i)
            for (int j = -3; j <= 3; ++j) {
                if ((i == 0 && j == 0) || (m_scheme.symmetric && i != j) || (!m_cuts_low && i != 0) || (!m_cuts_high && j != 0))
                    continue;
                try_one({std::min(1.0, center.low * (1 + i * step)), std::min(1.0, center.high * (1 + j * step))});
            }
    }

    void try_one(Kept kept) {
        const double sum = squared_error_sum(*m_masses, range_of(kept), m_scheme);
        if (sum < m_least) {
            m_least = sum;
            m_best = kept;
        }
    }

    /// A symmetric scheme takes the larger end, so both are cut to one limit.
    [[nodiscard]] Range range_of(Kept kept) const {
        if (m_scheme.symmetric) {
            const double limit = kept.high * std::max(std::fabs(m_exact.min), std::fabs(m_exact.max));
            return {static_cast<float>(std::max<double>(m_exact.min, -limit)),
                    static_cast<float>(std::min<double>(m_exact.max, limit))};
        }
        return {static_cast<float>(m_cuts_low ? m_exact.min * kept.low : m_exact.min),
                static_cast<float>(m_cuts_high ? m_exact.max * kept.high : m_exact.max)};
    }

    const std::vector<Mass>& m_all;
    const std::vector<Mass>* m_masses = nullptr;
    const Range m_exact;
    const Scheme& m_scheme;
    const bool m_cuts_low, m_cuts_high;
    Kept m_best;
    double m_least = std::numeric_limits<double>::infinity();
};

}  // namespace

Range mse_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme) {
    return scheme.format->is_integer ? Search(masses, exact, scheme).run() : exact;
}

}  // namespace quantwright
