#include "core/evaluate/outputs.h"

#include <algorithm>
#include <cmath>

#include "core/number/convert.h"

namespace quantwright {

Floats::Floats(const Tensor& tensor) {
    if (tensor.type == ElementType::float32) {
        m_values = tensor.floats();
        return;
    }
    if (!is_float(tensor))
        return;
    const Tensor converted = convert(tensor, ElementType::float32);
    m_owned.assign(converted.floats().begin(), converted.floats().end());
    m_values = m_owned;
}

bool is_float(const Tensor& tensor) {
    return is_float_type(tensor.type);
}

const Tensor* scores_of(const std::vector<Tensor>& outputs) {
    const auto first = std::find_if(outputs.begin(), outputs.end(), is_float);
    if (first == outputs.end())
        return nullptr;
    return is_score_vector(first->shape) ? &*first : nullptr;
}

Result<ErrorSums> output_error(const std::vector<Tensor>& reference, const std::vector<Tensor>& value) {
    std::vector<const Tensor*> expected, given;
    for (const Tensor& tensor : reference)
        if (is_float(tensor))
            expected.push_back(&tensor);
    for (const Tensor& tensor : value)
        if (is_float(tensor))
            given.push_back(&tensor);
    if (expected.size() != given.size())
        return fail(
            ErrorCode::runtime_failed, "output",
            std::to_string(given.size()) + " float outputs against " + std::to_string(expected.size()));
    ErrorSums sums;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Floats f(*expected[i]), q(*given[i]);
        if (f.values().size() != q.values().size())
            return fail(
                ErrorCode::runtime_failed, "output " + std::to_string(i),
                std::to_string(q.values().size()) + " elements against " + std::to_string(f.values().size()));
        sums.add(f.values(), q.values());
    }
    return sums;
}

std::int64_t count_not_finite(const std::vector<Tensor>& outputs) {
    return std::count_if(outputs.begin(), outputs.end(), [](const Tensor& tensor) {
        if (!is_float(tensor))
            return false;
        const Floats floats(tensor);
        return std::any_of(floats.values().begin(), floats.values().end(),
                           [](float x) { return !std::isfinite(x); });
    });
}

std::optional<double> finite_snr_db(const ErrorSums& sums) {
    const auto snr = sums.snr_db();
    return snr && std::isfinite(*snr) ? snr : std::nullopt;
}

}  // namespace quantwright
