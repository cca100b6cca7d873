// The range with the least expected squared error.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "core/calibrate/threshold_parts.h"

namespace quantwright {

namespace {

/// Squared error of quantizing, summed over values that are spread evenly between two points, in closed form.
/// Between the grid's ends the error at x is x - s * round(x / s): its square's integral over one step is s^3
/// / 12, and d^3 / 3 from a grid point to a distance d. Beyond the ends it is the distance to the end.
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

/// What clipping costs at any limit, from sums over the masses beyond it: with mass c at middle m and width
/// w, sum c ((m - limit)^2 + w^2 / 12).
class TailCost {
public:
    /// `masses` from the end that is cut inwards; `sign` -1 for the lower end.
    template <class Iterator>
    TailCost(Iterator begin, Iterator end, double sign) : m_sign(sign) {
        Sums sums;
        for (auto mass = begin; mass != end; ++mass) {
            const double middle = sign * (mass->low + mass->high) / 2, width = mass->high - mass->low;
            sums.count += mass->count;
            sums.first += mass->count * middle;
            sums.second += mass->count * (middle * middle + width * width / 12);
            sums.limit = middle;
            m_sums.push_back(sums);
        }
    }
    [[nodiscard]] double at(double limit) const {
        limit *= m_sign;
        // The sums of all masses whose middle is beyond the limit.
        const auto inside = std::partition_point(m_sums.begin(), m_sums.end(),
                                                 [&](const Sums& s) { return s.limit > limit; });
        if (inside == m_sums.begin())
            return 0;
        const Sums& s = *(inside - 1);
        return s.second - 2 * limit * s.first + limit * limit * s.count;
    }

private:
    struct Sums {
        double limit = 0, count = 0, first = 0, second = 0;
    };
    std::vector<Sums> m_sums;
    double m_sign;
};

/// How much of each end is kept, as fractions of the exact range's ends.
struct Kept {
    double low = 1, high = 1;
};

/// A wide look at all ranges with a twelfth of a squared step as rounding error, then narrow ones with the
/// real error.
class Search {
public:
    Search(const std::vector<Mass>& masses, Range exact, const Scheme& scheme)
        : m_masses(masses),
          m_exact(exact),
          m_scheme(scheme),
          m_cuts_low(exact.min < 0),
          m_cuts_high(exact.max > 0) {}

    Range run() {
        look_around();
        const Kept start = m_best;
        m_least = std::numeric_limits<double>::infinity();
        try_one({1, 1});  // never worse than the exact range
        try_one(start);
        for (const double step : {0.04, 0.015, 0.005})
            for (int round = 0; round < 3 && refine(step); ++round) {
            }
        return range_of(m_best);
    }

private:
    void look_around() {
        const TailCost below(m_masses.begin(), m_masses.end(), -1),
            above(m_masses.rbegin(), m_masses.rend(), 1);
        double rounded = 0;  // elements that rounding moves: zeros it doesn't
        for (const Mass& mass : m_masses)
            rounded += mass.low == 0 && mass.high == 0 ? 0 : mass.count;
        std::array<double, 56> grid{};
        double kept = 1;
        for (double& fraction : grid) {  // down to a thousandth, for outliers
            fraction = kept;
            kept *= kept > 0.5 ? 0.97 : 0.82;
        }
        const auto fractions = [&](bool cuts) {
            return std::span<const double>(grid.data(), cuts ? grid.size() : 1);
        };
        const auto look = [&](Kept candidate) {
            const Range range = range_of(candidate);
            const Parameters parameters = parameters_from(range, m_scheme);
            const double scale = parameters.scale[0];
            const double low = scale * (parameters.qmin - parameters.zero_point[0]);
            const double high = scale * (parameters.qmax - parameters.zero_point[0]);
            take_better(candidate, rounded * scale * scale / 12 + below.at(low) + above.at(high));
        };
        if (m_scheme.symmetric) {
            for (const double fraction : grid)
                look({fraction, fraction});
            return;
        }
        for (const double low : fractions(m_cuts_low))
            for (const double high : fractions(m_cuts_high))
                look({low, high});
    }

    /// Looks at the neighbours of the best one; true if one of them is better.
    bool refine(double step) {
        const Kept center = m_best;
        const double least = m_least;
        for (const int i : {-1, 0, 1})
            for (const int j : {-1, 0, 1}) {
                const bool fits =
                    m_scheme.symmetric ? i == j : (m_cuts_low || i == 0) && (m_cuts_high || j == 0);
                if (fits && (i != 0 || j != 0))
                    try_one({std::min(1.0, center.low * (1 + i * step)),
                             std::min(1.0, center.high * (1 + j * step))});
            }
        return m_least < least;
    }

    void try_one(Kept kept) { take_better(kept, squared_error_sum(m_masses, range_of(kept), m_scheme)); }

    void take_better(Kept kept, double sum) {
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

    const std::vector<Mass>& m_masses;
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
