#include "core/analyze/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace quantwright {

namespace {

/// Two layers are told apart where their SNRs differ by more than so many standard errors of the difference.
constexpr double k_errors_apart = 2;
/// Farther ranks are not looked at: who may have a hundred ranks has no rank.
constexpr std::size_t k_farthest = 256;

double key(const LayerSensitivity& layer) {
    return layer.snr_db_alone.value_or(std::numeric_limits<double>::infinity());
}

/// The same images give both values, so what is hard for both is no doubt about their order.
bool told_apart(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.empty() || b.empty())
        return a.empty() != b.empty();  // one of them has no noise, or nothing else
    std::vector<double> difference(a.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        difference[i] = b[i] - a[i];
    const double mean =
        std::accumulate(difference.begin(), difference.end(), 0.0) / static_cast<double>(difference.size());
    return std::abs(mean) > k_errors_apart * jackknife_error(difference);
}

}  // namespace

std::vector<double> leave_one_out_db(const std::vector<ErrorSums>& images) {
    std::vector<double> left_out;
    for (std::size_t i = 0; images.size() > 1 && i < images.size(); ++i) {
        ErrorSums sums;
        for (std::size_t j = 0; j < images.size(); ++j)
            if (j != i)
                sums.add(images[j]);
        const auto snr = sums.snr_db();
        if (!snr || !std::isfinite(*snr))
            return {};
        left_out.push_back(*snr);
    }
    return left_out;
}

double jackknife_error(const std::vector<double>& left_out) {
    const auto count = static_cast<double>(left_out.size());
    const double mean = std::accumulate(left_out.begin(), left_out.end(), 0.0) / count;
    double squares = 0;
    for (const double value : left_out)
        squares += (value - mean) * (value - mean);
    return std::sqrt(squares * (count - 1) / count);
}

void rank(Sensitivity& sensitivity, const std::vector<std::vector<double>>& left_out) {
    auto& layers = sensitivity.layers;
    std::vector<std::size_t> order(layers.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return key(layers[a]) < key(layers[b]); });
    const bool certain =
        std::any_of(left_out.begin(), left_out.end(), [](const auto& db) { return !db.empty(); });
    std::vector<LayerSensitivity> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
        LayerSensitivity& layer = sorted.emplace_back(std::move(layers[order[i]]));
        layer.rank = static_cast<int>(i) + 1;
        if (!certain)
            continue;
        const auto same = [&](std::size_t other) {
            return !told_apart(left_out[order[i]], left_out[order[other]]);
        };
        std::size_t first = i, last = i;
        while (first > 0 && i - first < k_farthest && same(first - 1))
            --first;
        while (last + 1 < order.size() && last - i < k_farthest && same(last + 1))
            ++last;
        layer.rank_from = static_cast<int>(first) + 1;
        layer.rank_to = static_cast<int>(last) + 1;
    }
    layers = std::move(sorted);
}

}  // namespace quantwright
