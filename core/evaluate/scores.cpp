#include "core/evaluate/scores.h"

#include <algorithm>

namespace quantwright {

const Tensor* find_scores(const std::vector<Tensor>& outputs) {
    for (const Tensor& output : outputs) {
        if (output.type != ElementType::float32)
            continue;
        const auto long_axes = std::count_if(output.shape.begin(), output.shape.end(), [](std::int64_t n) { return n > 1; });
        return long_axes == 1 ? &output : nullptr;
    }
    return nullptr;
}

int best_class(const Tensor& scores) {
    const auto values = scores.floats();
    return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
}

bool in_best_five(const Tensor& scores, int label) {
    const auto values = scores.floats();
    if (label < 0 || static_cast<std::size_t>(label) >= values.size())
        return false;
    const auto own = static_cast<std::size_t>(label);
    int better = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        better += values[i] > values[own] || (values[i] == values[own] && i < own) ? 1 : 0;
    return better < 5;
}

}  // namespace quantwright
