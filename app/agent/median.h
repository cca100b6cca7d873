#pragma once
#include <vector>

namespace quantwright::agent {

/// Half width of the median's 95 % confidence interval, relative to the median: the larger of both sides.
/// Infinite where there are too few values (below 6) for any.
///
/// The interval lies between two order statistics, x(k+1) and x(n-k): it covers the median with a
/// probability of 1 - 2 P(B <= k), B binomial (n, 1/2), whatever the distribution (Conover, Practical
/// Nonparametric Statistics, 3.2). k is the largest with at least 95 %.
[[nodiscard]] double median_interval(std::vector<double> values);

}  // namespace quantwright::agent
