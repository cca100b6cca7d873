#include "median.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantwright::agent {

namespace {

/// -1 where even the outermost two values cover too little.
long outside(std::size_t count) {
    const auto n = static_cast<double>(count);
    if (count > 1000)  // the normal approximation, with its continuity correction
        return static_cast<long>(std::floor((n - 1 - 1.959963985 * std::sqrt(n)) / 2));
    long k = -1;
    double below = 0;  // P(B <= k)
    double probability = std::exp2(-n);
    for (double i = 0; below + probability <= 0.025; ++i) {
        below += probability;
        probability *= (n - i) / (i + 1);
        ++k;
    }
    return k;
}

}  // namespace

double median_interval(std::vector<double> values) {
    const long k = outside(values.size());
    if (k < 0)
        return std::numeric_limits<double>::infinity();
    std::ranges::sort(values);
    const std::size_t n = values.size();
    const double median = (values[(n - 1) / 2] + values[n / 2]) / 2;
    const double low = values[static_cast<std::size_t>(k)],
                 high = values[n - 1 - static_cast<std::size_t>(k)];
    return std::max(median - low, high - median) / median;
}

}  // namespace quantwright::agent
