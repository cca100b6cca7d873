#include "core/task/scores.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace quantwright {

bool is_float_type(ElementType type) {
    return type == ElementType::float32 || type == ElementType::float16 || type == ElementType::bfloat16 ||
           type == ElementType::float64;
}

bool is_score_vector(const Shape& shape) {
    const auto wide = std::count_if(shape.begin(), shape.end(), [](std::int64_t size) { return size != 1; });
    return wide == 1 && element_count(shape) >= 2;
}

std::vector<int> best_five(std::span<const float> scores) {
    if (std::any_of(scores.begin(), scores.end(), [](float x) { return std::isnan(x); }))
        return {};
    std::vector<int> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(5, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](int a, int b) {
        const float left = scores[static_cast<std::size_t>(a)], right = scores[static_cast<std::size_t>(b)];
        return left > right || (left == right && a < b);
    });
    order.erase(end, order.end());
    return order;
}

Ranking ranking(std::span<const float> scores) {
    Ranking result{best_five(scores)};
    if (result.empty())
        return result;
    const bool fractions =
        std::all_of(scores.begin(), scores.end(), [](float x) { return x >= 0 && x <= 1; });
    const double largest = scores[static_cast<std::size_t>(result.classes.front())];
    double sum = 0;
    for (const float score : scores)
        sum += std::exp(double{score} - largest);
    for (const int index : result.classes) {
        const double score = scores[static_cast<std::size_t>(index)];
        result.shares.push_back(fractions ? score : std::exp(score - largest) / sum);
    }
    return result;
}

int top1(std::span<const float> scores) {
    const std::vector<int> best = best_five(scores);
    return best.empty() ? -1 : best.front();
}

bool in_top5(std::span<const float> scores, int label) {
    const std::vector<int> best = best_five(scores);
    return std::find(best.begin(), best.end(), label) != best.end();
}

}  // namespace quantwright
