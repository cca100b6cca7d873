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

Ranking best_five(std::span<const float> scores) {
    if (std::any_of(scores.begin(), scores.end(), [](float x) { return std::isnan(x); }))
        return {};
    Ranking order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(5, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](int a, int b) {
        const float left = scores[static_cast<std::size_t>(a)], right = scores[static_cast<std::size_t>(b)];
        return left > right || (left == right && a < b);
    });
    order.erase(end, order.end());
    return order;
}

int top1(std::span<const float> scores) {
    const Ranking best = best_five(scores);
    return best.empty() ? -1 : best.front();
}

bool in_top5(std::span<const float> scores, int label) {
    const Ranking best = best_five(scores);
    return std::find(best.begin(), best.end(), label) != best.end();
}

}  // namespace quantwright
