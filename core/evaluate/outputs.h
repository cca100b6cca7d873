#pragma once
// What is read out of a model's outputs. Private to core/evaluate.
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/model/tensor.h"
#include "core/number/metrics.h"
#include "core/task/scores.h"

namespace quantwright {

/// Elements of a floating-point tensor as float32; borrowed where they are that already.
class Floats {
public:
    explicit Floats(const Tensor& tensor);
    [[nodiscard]] std::span<const float> values() const { return m_values; }

private:
    std::vector<float> m_owned;
    std::span<const float> m_values;
};

[[nodiscard]] bool is_float(const Tensor& tensor);

/// The scores of one sample: the first float output, if it is a vector (all dimensions 1 but one) of at least
/// two elements. Null otherwise.
[[nodiscard]] const Tensor* scores_of(const std::vector<Tensor>& outputs);

/// Float outputs of both, one by one in their order. runtime.failed where the two don't have the same
/// outputs.
Result<ErrorSums> output_error(const std::vector<Tensor>& reference, const std::vector<Tensor>& value);

/// Float outputs with a NaN or infinity.
[[nodiscard]] std::int64_t count_not_finite(const std::vector<Tensor>& outputs);

/// Empty where the noise is zero or can't be told (NaN, infinities, no signal).
[[nodiscard]] std::optional<double> finite_snr_db(const ErrorSums& sums);

}  // namespace quantwright
